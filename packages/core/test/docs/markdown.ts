/** What the tests read from the Markdown pages. */
import { readdirSync, readFileSync } from "node:fs";
import { root } from "./root.ts";

export interface JsonBlock {
  readonly line: number;
  /** The words after ` ```json `: `client` or `server`, and `invalid` for what is meant to be refused. */
  readonly marks: readonly string[];
  readonly text: string;
}

export function readPage(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

export function pagesOf(folder: string): string[] {
  return readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}${name}`);
}

export function jsonBlocks(page: string): JsonBlock[] {
  return [...page.matchAll(/^( *)```json\b(.*)\n([\s\S]*?)\n\1```$/gm)].map(
    ({ index, 2: info = "", 3: text = "" }) => {
      const marks = info.split(" ").filter(Boolean);
      return { line: page.slice(0, index).split("\n").length, marks, text };
    },
  );
}
