import { describe, expect, it } from "vitest";
import { drawDiagrams } from "../src/diagrams.ts";
import { fetchesIn } from "../src/foreign.ts";
import { type Assets, deadLinks, placeLinks } from "../src/links.ts";
import type { Page } from "../src/pages.ts";
import { plainTexts } from "../src/plain-texts.ts";
import { outline } from "../src/sections.ts";
import { forVitepress, stage } from "../src/stage.ts";

const page = (source: string, path: string, text = "# A\n"): Page => ({ source, path, text });

describe("the site, but for what typedoc writes", () => {
  const { pages } = stage(process.cwd(), { withReference: false });

  it("has a page for everything there is to read, and a way to each", () => {
    const api = page("", "api/index.md");
    const links = outline([...pages, api]).flatMap(({ entries }) => entries.map(({ link }) => link));
    expect(links).toEqual(
      expect.arrayContaining(["/architecture", "/errors", "/guides/react", "/packages/core"]),
    );
    expect(new Set(links).size).toBe(links.length);
  });

  it("draws every diagram, and reaches for no other host in doing so", () => {
    const drawn = pages.map((each) => forVitepress(each, process.cwd())).join("\n");
    expect(drawn.match(/<figure class="diagram"/g)?.length).toBeGreaterThanOrEqual(4);
    expect(drawn).not.toContain("```mermaid");
    expect(drawn).not.toMatch(/@import|<style/);
  });
});

describe("a link", () => {
  const other = page("docs/guides/b.md", "guides/b.md", "# B\n\n## What's new\n");
  const assets: Assets = new Map([["docs/x.json", "x.json"]]);
  const placed = (text: string): string => {
    const from = page("docs/a.md", "a.md", text);
    return placeLinks(from, [from, other, page("packages/core/README.md", "packages/core.md")], assets);
  };

  it("leads to where a page, a folder's README or a file stands on the site", () => {
    expect(placed("[b](guides/b.md#whats-new)")).toBe("[b](/guides/b.md#whats-new)");
    expect(placed("[`core`](../packages/core)")).toBe("[`core`](/packages/core.md)");
    expect(placed("[x](x.json), [there](https://example.org)")).toBe(
      "[x](/x.json), [there](https://example.org)",
    );
  });

  it("to what the site does not have stays as words, and code as it is", () => {
    expect(placed("see [the file](../packages/core/src/index.ts)")).toBe("see the file");
    expect(placed("```md\n[f](f.ts)\n```\n[f](f.ts)")).toBe("```md\n[f](f.ts)\n```\nf");
  });

  it("that leads nowhere is found, its anchor too", () => {
    const from = page(
      "docs/a.md",
      "a.md",
      "[1](/guides/b.md#whats-new) [2](/guides/b.md#old) [3](/c.md) [4](#a) # A",
    );
    expect(deadLinks([from, other], assets)).toEqual(["a.md: /guides/b.md#old", "a.md: /c.md", "a.md: #a"]);
  });
});

describe("the outline", () => {
  it("refuses a page that nothing leads to", () => {
    const { pages } = stage(process.cwd(), { withReference: false });
    const all = [...pages, page("", "api/index.md")];
    expect(() => outline([...all, page("docs/lost.md", "lost.md")])).toThrow("nothing leads to lost.md");
    expect(() => outline(all.filter(({ path }) => path !== "errors.md"))).toThrow(
      "there is no page errors.md",
    );
  });
});

describe("the site as plain text", () => {
  const { pages } = stage(process.cwd(), { withReference: false });
  const all = [...pages, page("", "api/index.md", "# API\n\nAll of it.\n")];
  const texts = plainTexts(all, outline(all));

  it("lists every page with what it is about", () => {
    const list = texts.get("llms.txt");
    expect(list).toMatch(/^- \[Quick start\]\(\/quick-start\): From nothing to a chat .*\.$/m);
    expect(list?.match(/^- \[/gm)?.length).toBe(all.length - 1); // all but the first page
  });

  it("has all of them in one piece, without links that would lead nowhere", () => {
    const whole = texts.get("llms-full.txt");
    expect(whole).toContain("- **D4 no silent gap.**");
    expect(whole).not.toMatch(/\]\((?!https?:)[^)\s]+\.md/);
    expect(whole).not.toMatch(/generated: |```ts (run|fragment)/);
  });
});

describe("a page that fetches from another host", () => {
  it("is found, whatever it fetches; a link to be followed is fine", () => {
    const page = `<link rel="stylesheet" href="https://fonts.example/a.css"><script async src="//cdn.example/x.js"></script>
      <a href="https://example.org">there</a><img src="/mark.svg"><style>@import "https://fonts.example/b";
      p { background: url(https://pictures.example/c.png) }</style><script src="/app.js"></script>`;
    expect(fetchesIn(page)).toEqual([
      "https://fonts.example/a.css",
      "//cdn.example/x.js",
      "https://fonts.example/b",
      "https://pictures.example/c.png",
    ]);
  });
});

describe("a drawing", () => {
  const drawn = drawDiagrams("a\n```mermaid\nstateDiagram-v2\n  [*] --> app\n  app --> done: end\n```\nb");

  it("says in words what it shows, and has no id that a page may have", () => {
    expect(drawn).toMatch(/aria-label="\[\*\] to app; app to done: end"/);
    expect(drawn).not.toMatch(/ id="(?!drawing-)/);
    expect(drawn).toMatch(/^a\n<figure [^\n]*<\/figure>\nb$/);
  });
});
