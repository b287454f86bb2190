/** Plots within the page rather than beside it, so that they take its colours, light or dark as a reader has set it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const IMAGE = /!\[[^\]]*\]\(\/(performance\/[\w-]+\.svg)\)/g;

/** @param root - of the repository, where `docs/performance` has them as files. */
export function inlinePlots(text: string, root: string): string {
  return text.replaceAll(IMAGE, (_, path: string) => {
    const svg = readFileSync(join(root, "docs", path), "utf8");
    return `<figure class="plot" v-pre tabindex="0">${svg.replace(/<style>.*<\/style>/, "").trim()}</figure>`;
  });
}
