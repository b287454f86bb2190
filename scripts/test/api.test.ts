import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { originsOf } from "../api/origin.ts";
import { apiReports } from "../api/report.ts";

describe("what the packages promise", async () => {
  const reports = await apiReports();

  it.each([...reports])(
    "%s is what the sources say; if the change is meant: npm run docs",
    (path, content) => {
      expect(existsSync(path) ? readFileSync(path, "utf8") : "missing").toBe(content);
    },
  );

  it("leaves no report behind of a package that has gone", () => {
    expect(readdirSync("api").map((name) => `api/${name}`)).toEqual([...reports.keys()].sort());
  });

  it("has signatures and nothing else: no bodies, no comments", () => {
    const core = reports.get("api/core.api.md");
    expect(core).toContain("export declare function memoryTransport(");
    expect(core).toMatch(
      /## @tidings\/core\/errors\n[\s\S]*- `MessagingError`: `MessagingError` of `@tidings\/core`/,
    );
    expect(core).not.toMatch(/\/\*\*|\breturn\b/);
  });
});

describe("the origin of an export", () => {
  it("is found through names given on the way, and through other packages' doors", () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-api-"));
    const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    put("a.ts", `export const one = 1, two = 2;\nexport interface Three {}\n`);
    put("b.ts", `import { two } from "./a.ts";\nexport { one as uno } from "./a.ts";\nexport { two };\n`);
    put(
      "door.ts",
      `export { uno, two as deux } from "./b.ts";\nexport type { Three } from "./a.ts";\nexport { x } from "zod";\n`,
    );
    put("wrong.ts", `export { nothing } from "./a.ts";\n`);
    const a = `${folder}/a.ts`;
    expect(originsOf(`${folder}/door.ts`)).toEqual(
      new Map<string, object>([
        ["uno", { file: a, name: "one" }],
        ["deux", { file: a, name: "two" }],
        ["Three", { file: a, name: "Three" }],
        ["x", { from: "zod", name: "x" }],
      ]),
    );
    expect(() => originsOf(`${folder}/wrong.ts`)).toThrow("unable to find nothing");
    rmSync(folder, { recursive: true });
  });
});
