import { describe, expect, it } from "vitest";
import { checkArchitecture, describeViolation, type Violation } from "../architecture/check.ts";
import { type PackageRule, PACKAGE_RULES } from "../architecture/rules.ts";
import { type Package, readWorkspace } from "../architecture/workspace.ts";

describe("the import graph of the workspace", () => {
  it("has no edge its rules forbid", { timeout: 60_000 }, () => {
    const violations = checkArchitecture(readWorkspace("."), PACKAGE_RULES);
    expect(violations.map(describeViolation)).toEqual([]);
  });
});

describe("the checker", () => {
  const rules: Record<string, PackageRule> = {
    "packages/low": {
      layers: ["base", "middle", "top"],
      doors: [],
      bans: [
        { name: "Date", except: ["base/clock.ts"], reason: "use the clock" },
        { name: "Math.random", except: [], reason: "use the random" },
        { name: "crypto", except: [], reason: "use the random" },
        { name: "node:", except: [], reason: "browsers" },
        { name: "heavy*", except: ["top/heavy.ts"], reason: "only one door" },
      ],
    },
    "packages/high": { doors: ["@x/low"], bans: [] },
    "packages/play": { doors: "any", bans: [] },
  };
  const packages: Package[] = [
    {
      folder: "packages/low",
      name: "@x/low",
      doors: new Map([
        ["@x/low", "packages/low/src/index.ts"],
        ["@x/low/top", "packages/low/src/top/index.ts"],
      ]),
      isPrivate: false,
    },
    { folder: "packages/high", name: "@x/high", doors: new Map(), isPrivate: false },
    { folder: "packages/play", name: "@x/play", doors: new Map(), isPrivate: true },
  ];
  const check = (files: Record<string, string>): readonly Violation[] =>
    checkArchitecture({ packages, files: new Map(Object.entries(files)) }, rules);
  const found = (files: Record<string, string>): string[] =>
    check(files).map(({ rule, from, line, to }) => `${rule}: ${from}:${line} → ${to}`);

  it("finds nothing in a graph that keeps the rules", () => {
    expect(
      found({
        "packages/low/src/index.ts": `export { a } from "./base/a.ts"; export type { T } from "./top/t.ts";`,
        "packages/low/src/base/a.ts": `export const a = (crypto: string): number => crypto.length;`,
        "packages/low/src/base/clock.ts": `export const now = (): number => Date.now();`,
        "packages/low/src/top/t.ts": `import { a } from "../base/a.ts"; export type T = typeof a; export interface D { Date: Date }`,
        "packages/low/src/top/t.test.ts": `import "node:fs"; import "./index.ts"; Date.now();`,
        "packages/low/src/top/heavy.ts": `import "heavy-thing"; export const x = 1;`,
        "packages/high/src/index.ts": `import { a } from "@x/low"; export const b: number = a("");`,
        "packages/play/src/main.ts": `import "@x/low/top";`,
      }),
    ).toEqual([]);
  });

  it.each([
    ["an import", `import { t } from "../top/t.ts"; export const b = t;`],
    ["a type import", `import type { T } from "../top/t.ts"; export type B = T;`],
    ["a re-export", `export { t } from "../top/t.ts"; export const b = 1;`],
    ["a dynamic import", `export const b = (): unknown => import("../top/t.ts");`],
    ["an import in a type", `export type B = import("../top/t.ts").T;`],
  ])("sees %s that goes up", (_, text) => {
    expect(
      found({ "packages/low/src/base/b.ts": text, "packages/low/src/top/t.ts": "export const t = 1;" }),
    ).toEqual(["layer: packages/low/src/base/b.ts:1 → packages/low/src/top/t.ts"]);
  });

  it("sees a folder that is in no list", () => {
    expect(
      found({ "packages/low/src/odd/b.ts": `import "../base/a.ts";`, "packages/low/src/base/a.ts": "" }),
    ).toEqual(["layer: packages/low/src/odd/b.ts:1 → packages/low/src/base/a.ts"]);
  });

  it("prints a cycle whole, also one of types alone and inside one folder", () => {
    const violations = check({
      "packages/low/src/base/a.ts": `import type { B } from "./b.ts"; export type A = B;`,
      "packages/low/src/base/b.ts": `\nimport type { C } from "./c.ts"; export type B = C;`,
      "packages/low/src/base/c.ts": `import type { A } from "./a.ts"; export type C = A;`,
    });
    expect(violations.map(describeViolation)).toEqual([
      "packages/low/src/base/a.ts:1 → packages/low/src/base/b.ts  [cycle] and back: " +
        "packages/low/src/base/a.ts → packages/low/src/base/b.ts → packages/low/src/base/c.ts → packages/low/src/base/a.ts",
    ]);
  });

  it("sees a door used from inside, a path into another package and a door that is not there", () => {
    expect(
      found({
        "packages/low/src/top/index.ts": `export { t } from "./t.ts";`,
        "packages/low/src/top/t.ts": `export const t = 1;`,
        "packages/low/src/top/u.ts": `import { t } from "./index.ts"; export const u = t;`,
        "packages/high/src/a.ts": `import "../../low/src/top/t.ts";\nimport "@x/low/src/top/t.ts";\nimport "@x/low/top";`,
        "packages/play/src/a.ts": `import "@x/low/nowhere";`,
      }),
    ).toEqual([
      "door: packages/low/src/top/u.ts:1 → packages/low/src/top/index.ts",
      "package: packages/high/src/a.ts:1 → ../../low/src/top/t.ts",
      "package: packages/high/src/a.ts:2 → @x/low/src/top/t.ts",
      "package: packages/high/src/a.ts:3 → @x/low/top",
      "package: packages/play/src/a.ts:1 → @x/low/nowhere",
    ]);
  });

  it("sees barrels and stars", () => {
    expect(
      found({
        "packages/low/src/index.ts": `export * from "./base/a.ts";`,
        "packages/low/src/base/a.ts": `export const a = 1;`,
        "packages/low/src/base/all.ts": `export { a } from "./a.ts";`,
      }),
    ).toEqual([
      "barrel: packages/low/src/index.ts:1 → ./base/a.ts",
      "barrel: packages/low/src/base/all.ts:1 → packages/low/src/base/all.ts",
    ]);
  });

  it("sees banned globals however they are reached, and banned modules", () => {
    expect(
      found({
        "packages/low/src/base/a.ts": [
          `import "node:fs";`,
          `export const a = (): number => Date.now();`,
          `export const b = (): Date => new Date();`,
          `export const c = (): number => Math.random();`,
          `export const d = (): string => globalThis.crypto.randomUUID();`,
          `export const e = (x = crypto): unknown => ({ crypto, x });`,
          `import "heavy-thing";`,
        ].join("\n"),
      }),
    ).toEqual([
      "ban: packages/low/src/base/a.ts:1 → node:fs",
      "ban: packages/low/src/base/a.ts:7 → heavy-thing",
      "ban: packages/low/src/base/a.ts:2 → Date",
      "ban: packages/low/src/base/a.ts:3 → Date",
      "ban: packages/low/src/base/a.ts:4 → Math.random",
      "ban: packages/low/src/base/a.ts:5 → crypto",
      "ban: packages/low/src/base/a.ts:6 → crypto",
      "ban: packages/low/src/base/a.ts:6 → crypto",
    ]);
  });

  it("counts a function's own lines and leaves those inside it to them", () => {
    const filler = (count: number): string => "  void 0;\n".repeat(count);
    expect(
      found({
        "packages/low/src/base/long.ts": `export function long(): void {\n${filler(60)}}`,
        "packages/low/src/base/factory.ts":
          `export function factory(): void {\n${filler(20)}` +
          `  const inner = (): void => {\n${filler(50)}  };\n  inner();\n}`,
      }),
    ).toEqual(["length: packages/low/src/base/long.ts:1 → packages/low/src/base/long.ts"]);
  });

  it("wants a rule for every package", () => {
    const [violation] = checkArchitecture({ packages, files: new Map() }, {});
    expect(violation).toMatchObject({ rule: "package", from: "packages/low" });
  });
});
