/** Runs code blocks that are whole programs, one after the other, in one process of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runNode, TYPESCRIPT } from "../lib/run.mjs";
import type { Block } from "./blocks.ts";

/** A package that may import all others, and what a page shows beside them. */
const HOME = "packages/simulation";

/** Between what the runner itself has to say. */
const MARK = "\u0001";

/** For what never ends. */
const PATIENCE_MS = 60_000;

/**
 * Imports each block as the file a reader would make of it. What it prints must be what it says behind `// →`.
 *
 * @returns one line per mistake: `recipes.md:12 prints "1", not "2"`.
 */
export async function runBlocks(root: string, blocks: readonly Block[]): Promise<readonly string[]> {
  const cache = join(root, HOME, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "docs-"));
  try {
    const files = blocks.map(({ code, language }, index) => {
      const file = join(folder, `${index}.${language}`);
      writeFileSync(file, `${code}\nexport {};\n`);
      return pathToFileURL(file).href;
    });
    const main = join(folder, "main.mjs");
    writeFileSync(main, mainOf(files));
    const { output } = await runNode([...TYPESCRIPT, main], { quiet: true });
    const printed = output.split(MARK).slice(1);
    return blocks.flatMap((block, index) => judge(block, printed[index] ?? "never began"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A client's timers keep no process going, and a program that waits for one must not end for that. */
function mainOf(files: readonly string[]): string {
  return `import process from "node:process";
setInterval(() => {}, ${PATIENCE_MS});
for (const file of ${JSON.stringify(files)}) {
  process.stdout.write(${JSON.stringify(MARK)});
  const late = new Promise((_, fail) => setTimeout(fail, ${PATIENCE_MS}, new Error("does not end")));
  await Promise.race([import(file), late]).catch((error) => console.log(String(error)));
}
process.exit();
`;
}

function judge({ page, line, code }: Block, output: string): readonly string[] {
  const printed = output.trimEnd();
  const said = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text).join("\n");
  if (printed === said) return [];
  const isThrown = /^\w*(Error|Exception)\b/m.exec(printed);
  const at = `${page}:${line + 1}`;
  if (isThrown) return [`${at} ${printed.slice(isThrown.index)}`];
  return [`${at} prints ${JSON.stringify(printed)}, not ${JSON.stringify(said)}`];
}
