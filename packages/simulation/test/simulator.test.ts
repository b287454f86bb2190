import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runBatch } from "../src/simulator/batch.ts";
import { hunt } from "../src/simulator/mutation-run.ts";
import { mutations } from "../src/simulator/mutations.ts";
import { formatPlan, parsePlan, planOf } from "../src/simulator/plan.ts";
import { runSeed } from "../src/simulator/run.ts";

describe("the simulation", { timeout: 60_000 }, () => {
  it("[D1, D2, D3, D4, D5, D6, D7, D8, D9] finds nothing wrong in its first seeds", async () => {
    const { failures, events } = await runBatch({ from: 1, count: 60 });
    expect(failures).toEqual([]);
    expect(events).toBeGreaterThan(1_000);
  });

  it("does the same again with the same seed", async () => {
    const [one, other] = [await runSeed(8), await runSeed(8)];
    expect(one).toEqual(other);
  });

  it("writes a plan that can be read back", () => {
    for (const seed of [1, 2, 3]) expect(parsePlan(formatPlan(planOf(seed)))).toEqual(planOf(seed));
  });

  it.each(["resend without id", "command erased when it leaves"])("finds the mutation: %s", async (name) => {
    const mutation = mutations.find((each) => each.name === name);
    const { law } = mutation ? await hunt(mutation, 1, 200) : {};
    expect(law).toBeDefined();
  });
});

describe("the mutations", () => {
  it.each(mutations)("$name: its text is in the source, once", ({ file, from, to }) => {
    const source = readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), "utf8");
    expect(source.split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });

  it("are what docs/proof.md says was found", () => {
    const page = readFileSync("docs/proof.md", "utf8");
    const found = [...page.matchAll(/^\| (.+?) +\| D\d +\| +[\d,]+ \|$/gmu)].map(([, name]) => name);
    expect(found.length).toBeGreaterThanOrEqual(12);
    expect(mutations.map(({ name }) => name)).toEqual(expect.arrayContaining(found));
  });

  it("are at least twelve", () => {
    expect(mutations.length).toBeGreaterThanOrEqual(12);
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });
});
