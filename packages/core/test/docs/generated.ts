/** Every file that is made from the code, as it should be now. `generate.ts` writes them, a test compares them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { fillBlocks } from "./blocks.ts";
import { helpTextsSource } from "./help-texts.ts";
import { schemaFiles } from "./schemas.ts";
import { root } from "./root.ts";
import { wireTableSource } from "./wire-table.ts";

/** @returns path below the root, and content. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const config = (await resolveConfig(new URL("README.md", root))) ?? {};
  const files = new Map<string, string>();
  for (const [path, value] of schemaFiles) {
    files.set(path, await format(JSON.stringify(value, null, 2), { ...config, parser: "json" }));
  }
  for (const path of markdownPages()) {
    const page = readFileSync(new URL(path, root), "utf8");
    files.set(path, await format(fillBlocks(page), { ...config, parser: "markdown" }));
  }
  files.set("packages/core/src/protocol/wire-table.ts", wireTableSource());
  files.set("packages/core/src/errors/help/help-texts.ts", helpTextsSource());
  return files;
}

function markdownPages(): string[] {
  const pages = readdirSync(new URL("docs/", root)).map((name) => `docs/${name}`);
  return [...pages, "README.md"].filter((path) => path.endsWith(".md") && existsSync(new URL(path, root)));
}
