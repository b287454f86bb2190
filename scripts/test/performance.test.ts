import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { performanceFiles, RESULTS } from "../performance/page.ts";
import { plotOf } from "../performance/plot.ts";
import { ratiosOf } from "../performance/ratios.ts";

describe("the page on performance", async () => {
  const files = await performanceFiles();

  it.each([...files])("%s is what the results say; if not, run: npm run docs", (path, content) => {
    expect(existsSync(path) ? readFileSync(path, "utf8") : "missing").toBe(content);
  });

  it("has no plot of what is not measured any more", () => {
    const there = readdirSync("docs/performance").map((name) => `docs/performance/${name}`);
    const plots = [...files.keys()].filter((path) => path.endsWith(".svg"));
    expect(there.sort()).toEqual([RESULTS, ...plots].sort());
  });
});

describe("ratios", () => {
  const row = (name: string, figures: Record<string, string | number>) => ({ name, figures });

  it("are columns that say so, or figures written as such, where there is something to compare", () => {
    const rows = [
      row("ours", { ms: 2, "× bare": 2, b: "1.50×" }),
      row("bare", { ms: 1, "× bare": 1, b: "1.00×" }),
    ];
    const found = ratiosOf({ title: "", note: "", rows });
    expect([...found.keys()]).toEqual(["× bare", "b"]);
    expect(found.get("b")).toEqual([
      { name: "ours", times: 1.5 },
      { name: "bare", times: 1 },
    ]);
    expect(ratiosOf({ title: "", note: "", rows: rows.slice(1) }).size).toBe(0);
  });

  it("are drawn to scale, and said in words", () => {
    const svg = plotOf("<sent>", "× bare", [
      { name: "a & b", times: 2 },
      { name: "c", times: 1 },
    ]);
    const [two = 0, one = 0] = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(two).toBe(2 * one);
    expect(svg).toContain('aria-label="&lt;sent>, × bare: a &amp; b 2.00 times, c 1.00 times"');
    expect(svg).not.toMatch(/https?:(?!\/\/www\.w3\.org\/)/);
  });
});
