/** Puts the pages together as the site shows them. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { drawDiagrams } from "./diagrams.ts";
import { type Assets, deadLinks, placeLinks } from "./links.ts";
import { type Page, referencePages, writtenPages } from "./pages.ts";
import { inlinePlots } from "./plots.ts";

export interface Staged {
  /** As a page of the site is written: links placed, drawings still as text. */
  readonly pages: readonly Page[];
  readonly assets: Assets;
}

/** @throws if a link of any page leads nowhere. */
export function stage(root: string, { withReference }: { readonly withReference: boolean }): Staged {
  const assets = assetsOf(root);
  const found = [...writtenPages(root), ...(withReference ? referencePages(root) : [])];
  const example = firstExample(readFileSync(join(root, "README.md"), "utf8"));
  const pages = found.map((page) => ({
    ...page,
    text: placeLinks(page, found, assets).replace("<!-- the first example of README.md -->", () => example),
  }));
  const dead = deadLinks(pages, assets);
  if (dead.length > 0) throw new Error(`unable to build the site; links lead nowhere:\n${dead.join("\n")}`);
  return { pages, assets };
}

/** The text of a page as vitepress reads it. */
export function forVitepress({ text }: Page, root: string): string {
  return drawDiagrams(inlinePlots(text, root));
}

function firstExample(readme: string): string {
  const [block] = /^```ts\n[\s\S]*?^```$/m.exec(readme) ?? [];
  if (block === undefined) throw new Error("unable to show the first example; README.md has none");
  return block;
}

function assetsOf(root: string): Assets {
  const folders: readonly [from: string, to: string][] = [
    ["docs/schemas", "schemas/"],
    ["docs/performance", "performance/"],
    ["site/public", ""],
  ];
  return new Map(
    folders.flatMap(([from, to]) =>
      readdirSync(join(root, from)).map((name): [string, string] => [`${from}/${name}`, `${to}${name}`]),
    ),
  );
}

export function readAsset(root: string, source: string): string {
  return readFileSync(join(root, source), "utf8");
}
