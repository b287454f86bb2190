import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lawsIn, lawsOn } from "../architecture/laws.ts";
import { LAWS } from "../architecture/rules.ts";
import { isTest, readWorkspace } from "../architecture/workspace.ts";

/** Where the laws of each letter stand. */
const PAGES: Readonly<Record<string, string>> = {
  B: "backend",
  C: "connection",
  D: "delivery",
  E: "export",
  K: "cache",
  L: "timeline",
  M: "limits",
  O: "outbox",
  S: "storage",
  T: "transport",
  U: "uploads",
  V: "bindings",
};

const pageOf = (letter: string): string => `docs/spec/${PAGES[letter]}.md`;
const stated = (letter: string): readonly string[] =>
  existsSync(pageOf(letter)) ? lawsOn(readFileSync(pageOf(letter), "utf8")) : [];

/** The tests of a kit stand in what it ships; they run wherever a test holds somebody to it. */
const isKit = (path: string): boolean =>
  /^packages\/core\/src\/testing\/[\w-]+-laws(-[\w-]+)?\.ts$|-conformance\.ts$/.test(path);

const { files } = readWorkspace(".");
const named = [...files]
  .filter(([path]) => isTest(path) || isKit(path))
  .flatMap(([path, text]) => lawsIn(path, text));
const known = new Set(named.map(({ law }) => law));
const letters = Object.keys(PAGES).filter((letter) => existsSync(pageOf(letter)));
const all = new Set([...LAWS, ...letters.flatMap(stated)]);

describe("the laws", () => {
  it.each(letters)("of docs/spec that begin with %s are numbered from 1, without gaps", (letter) => {
    const laws = stated(letter);
    expect(laws).toEqual(laws.map((_, index) => `${letter}${index + 1}`));
    expect(laws).not.toEqual([]);
  });

  it("stand on a page each, those of delivery as in the architecture", () => {
    // Those of delivery stand in docs/architecture.md as well; the page goes into more.
    expect(Object.keys(PAGES).filter((letter) => letter !== "D" && !letters.includes(letter))).toEqual([]);
    const pages = Object.values(PAGES).map((page) => `${page}.md`);
    expect(readdirSync("docs/spec").filter((page) => !pages.includes(page))).toEqual([]);
    if (letters.includes("D")) expect(stated("D")).toEqual(LAWS);
  });

  it("are each named by a test", () => {
    expect([...all].filter((law) => !known.has(law))).toEqual([]);
  });

  it("are the only ones a test names", () => {
    const unknown = named.filter(({ law }) => !all.has(law));
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
      `const laws = [law("[T3] one", async () => {})];`,
    ].join("\n");
    expect(lawsIn("a.test.ts", text).map(({ law, line }) => `${law}:${line}`)).toEqual([
      "D1:1",
      "D2:2",
      "D3:2",
      "D4:3",
      "X9:7",
      "T3:8",
    ]);
  });

  it("finds the laws a page states, and not those it speaks of", () => {
    const page = ["# Laws", "- **T1** first", "- **T2 second.** As **T1**", "T4", "  - **T3** below another"];
    expect(lawsOn(page.join("\n"))).toEqual(["T1", "T2"]);
  });
});
