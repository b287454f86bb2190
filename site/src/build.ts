/** `node … site/src/build.ts`: makes the site in `site/dist/www` from the repository and from what typedoc left. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vitepress";
import { foreignFetches } from "./foreign.ts";
import { plainTexts } from "./plain-texts.ts";
import { outline } from "./sections.ts";
import { forVitepress, readAsset, stage } from "./stage.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "site/dist");

const { pages, assets } = stage(root, { withReference: true });
rmSync(join(dist, "pages"), { recursive: true, force: true });
for (const page of pages) put(`pages/${page.path}`, forVitepress(page, root));
for (const [source, path] of assets) put(`pages/public/${path}`, readAsset(root, source));
const sections = outline(pages);
put("outline.json", JSON.stringify(sections));
for (const [name, text] of plainTexts(pages, sections)) put(`pages/public/${name}`, text);
await build(join(root, "site"));
const foreign = foreignFetches(join(dist, "www"));
if (foreign.length > 0)
  throw new Error(`unable to build the site; it reaches for other hosts:\n${foreign.join("\n")}`);

function put(path: string, content: string): void {
  const file = join(dist, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
