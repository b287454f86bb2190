import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readPage } from "./markdown.ts";
import { root } from "./root.ts";

const readme = readPage("README.md");
const [, example = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];

const manifest: unknown = JSON.parse(readPage("package.json"));
const listed = (folder: string): readonly string[] => readdirSync(new URL(folder, root));

describe("README.md", () => {
  it.each([
    ["package", listed("packages").map((name) => `](packages/${name})`)],
    ["example", listed("examples").map((name) => `](examples/${name})`)],
    ["guide", listed("docs/guides").map((name) => `](docs/guides/${name})`)],
    ["page", listed("docs").flatMap((name) => (name.endsWith(".md") ? [`](docs/${name})`] : []))],
    ["command", Object.keys(Object(Object(manifest).scripts)).map((name) => `\n| \`npm ${runOf(name)}\``)],
  ])("names every %s there is", (_, marks) => {
    expect(marks.length).toBeGreaterThan(3);
    expect(marks.filter((mark) => !readme.includes(mark))).toEqual([]);
  });

  it("is no longer than 120 lines, its example no longer than 10 of code", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(120);
    expect(example.match(/^.*\S/gm)?.length).toBeLessThanOrEqual(10);
  });

  it(
    "begins with an example that runs, ends by itself and shows a message on its way",
    { timeout: 60_000 },
    async () => {
      const { stdout, stderr } = await run(example);
      const statuses = [...stdout.matchAll(/status: '(\w+)'/g)].map(([, status]) => status);
      expect([...new Set(statuses)]).toEqual(["queued", "sending", "sent"]);
      expect(stdout).toContain("Hello");
      expect(stderr).toBe("");
    },
  );
});

const runOf = (script: string): string => (script === "test" ? script : `run ${script}`);

/** In a process of its own, where imports mean what they mean to a reader; the example is plain JavaScript. */
function run(code: string): Promise<{ stdout: string; stderr: string }> {
  const args = [
    "--conditions=source",
    "--import",
    "ts-blank-space/register",
    "--input-type=module",
    "-e",
    code,
  ];
  const cwd = fileURLToPath(new URL("packages/core/", root));
  return promisify(execFile)(process.execPath, args, { cwd, timeout: 30_000 });
}
