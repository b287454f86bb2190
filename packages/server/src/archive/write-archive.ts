import { createHash } from "node:crypto";
import type { EndLine, HeaderLine } from "./lines.ts";

/**
 * Pages of lines as text with a header before and an end behind, which tells a whole file from a part of one. Behind a
 * line that says why it goes on no more (`problem`) there is none.
 */
export async function* archiveText(
  header: HeaderLine,
  pages: AsyncIterable<readonly { readonly type: string }[]>,
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  let lines = 0;
  const text = (page: readonly { readonly type: string }[]): string => {
    const chunk = page.map((line) => `${JSON.stringify(line)}\n`).join("");
    hash.update(chunk);
    lines += page.length;
    return chunk;
  };
  yield text([header]);
  for await (const page of pages) {
    if (page.length > 0) yield text(page);
    if (page.some(({ type }) => type === "problem")) return;
  }
  const end: EndLine = { type: "end", lines, sha256: hash.digest("hex") };
  yield `${JSON.stringify(end)}\n`;
}
