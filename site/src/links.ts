/** Links of a page in the repository, as they have to be on the site. */
import { posix } from "node:path";
import { headingsOf, linksOf } from "../../scripts/docs/markdown.ts";
import type { Page } from "./pages.ts";

/** Files that the site has beside its pages: from the repository's path to the site's. */
export type Assets = ReadonlyMap<string, string>;

/**
 * A link to another page leads to where that stands on the site, one to a folder to its README; a link to what the site
 * does not have, such as a source file, stays as words.
 */
export function placeLinks(page: Page, pages: readonly Page[], assets: Assets): string {
  const placed = new Map([...pages.map(({ source, path }): [string, string] => [source, path]), ...assets]);
  const place = (target: string): string | undefined => {
    if (/^(#|[a-z]+:)/.test(target)) return target;
    const [file = "", anchor] = target.split("#");
    const source = posix.join(posix.dirname(page.source), file).replace(/\/$/, "");
    const path = placed.get(source) ?? placed.get(`${source}/README.md`) ?? placed.get(`${source}/index.md`);
    if (path === undefined) return undefined;
    return `/${path}${anchor === undefined ? "" : `#${anchor}`}`;
  };
  return outsideCode(page.text, (text) =>
    text.replaceAll(/\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (_, words: string, target: string) => {
      const there = place(target);
      return there === undefined ? words : `[${words}](${there})`;
    }),
  );
}

/** @returns one line per link that leads nowhere, among pages whose links are placed: `a.md: /b.md#gone`. */
export function deadLinks(pages: readonly Page[], assets: Assets): readonly string[] {
  const anchors = new Map(pages.map(({ path, text }) => [`/${path}`, anchorsOf(text)]));
  const files = new Set([...assets.values()].map((path) => `/${path}`));
  return pages.flatMap(({ path, text }) =>
    linksOf(text)
      .filter((link) => {
        const [file = "", anchor] = link.split("#");
        const there = anchors.get(file === "" ? `/${path}` : file);
        return there === undefined ? !files.has(file) : anchor !== undefined && !there.has(anchor);
      })
      .map((link) => `${path}: ${link}`),
  );
}

function anchorsOf(text: string): ReadonlySet<string> {
  const marked = [...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = ""]) => id);
  return new Set([...headingsOf(text).map(({ slug }) => slug), ...marked]);
}

/** Changes what is no fenced code block. */
function outsideCode(page: string, change: (text: string) => string): string {
  const fence = /^( *`{3,})[\s\S]*?^\1$/gm;
  const parts: string[] = [];
  let from = 0;
  for (const { index, 0: block } of page.matchAll(fence)) {
    parts.push(change(page.slice(from, index)), block);
    from = index + block.length;
  }
  return [...parts, change(page.slice(from))].join("");
}
