import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeBlocks } from "../docs/blocks.ts";

/** A guide that is made step by step, and the example that is what comes out. */
const guides = [
  { page: "docs/guides/custom-storage.md", example: "examples/custom-storage" },
  { page: "docs/guides/custom-transport.md", example: "examples/custom-transport" },
];

/** Without what a formatter may change. */
const plain = (code: string): string => code.replaceAll(/[\s,;]+/g, "");

function sourcesOf(example: string): string {
  const names = readdirSync(example, { encoding: "utf8", recursive: true });
  const own = names.filter((name) => name.endsWith(".ts") && !name.includes("node_modules"));
  return plain(own.map((name) => readFileSync(`${example}/${name}`, "utf8")).join("\n"));
}

describe.each(guides)("$page", ({ page, example }) => {
  const fragments = codeBlocks(page, readFileSync(page, "utf8")).filter(({ isFragment }) => isFragment);

  it("shows code", () => expect(fragments.length).toBeGreaterThan(3));

  it.each(fragments.map(({ line, code }) => [line, code] as const))(
    "shows at line %i what stands in its example",
    (_, code) => {
      expect(sourcesOf(example).includes(plain(code))).toBe(true);
    },
  );
});
