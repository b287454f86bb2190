import { describe, expect, it } from "vitest";
import { lawsIn } from "../architecture/laws.ts";
import { LAWS } from "../architecture/rules.ts";
import { isTest, readWorkspace } from "../architecture/workspace.ts";

const { files } = readWorkspace(".");
const named = [...files].filter(([path]) => isTest(path)).flatMap(([path, text]) => lawsIn(path, text));

describe("the laws", () => {
  it("are each named by a test", () => {
    const known = new Set(named.map(({ law }) => law));
    expect(LAWS.filter((law) => !known.has(law))).toEqual([]);
  });

  it("are the only ones a test names", () => {
    const unknown = named.filter(({ law }) => !LAWS.includes(law));
    expect(unknown.map(({ law, path, line }) => `${path}:${line} names ${law}`)).toEqual([]);
  });
});

describe("the reading of titles", () => {
  it("finds ids at the start of titles of tests and groups, in every form they are written", () => {
    const text = [
      `it("[D1] one", () => {});`,
      "describe.each([1])(`[D2, D3] ${x}`, () => {});",
      `runner.it("[D4] one", () => {});`,
      `it.skip("not at the start [D5]", () => {});`,
      `it("[not a law] one", () => {});`,
      `say("[D6] one");`,
      `test("[X9] one", () => {});`,
    ].join("\n");
    expect(lawsIn("a.test.ts", text).map(({ law, line }) => `${law}:${line}`)).toEqual([
      "D1:1",
      "D2:2",
      "D3:2",
      "D4:3",
      "X9:7",
    ]);
  });
});
