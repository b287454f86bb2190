/** Which files of the repository are pages of the site, and where they stand there. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { headingsOf } from "../../scripts/docs/markdown.ts";

export interface Page {
  /** Where it is written, from the root of the repository: `docs/guides/tabs.md`. */
  readonly source: string;
  /** Where it stands on the site: `guides/tabs.md`. */
  readonly path: string;
  readonly text: string;
}

/** What typedoc writes (`typedoc.json`). */
const API = "site/dist/api";

/** What there is on the site only. */
const OWN = "site/pages";

/** The pages people wrote: they need no build. */
export function writtenPages(root: string): readonly Page[] {
  const found = [
    ...below(root, "docs").map((name) => [`docs/${name}`, name]),
    ...["packages", "examples"].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => [`${folder}/${name}/README.md`, `${folder}/${name}.md`]),
    ),
    ["CONTRIBUTING.md", "contributing.md"],
    ...below(root, OWN).map((name) => [`${OWN}/${name}`, name]),
  ];
  return found.flatMap(([source = "", path = ""]) => read(root, source, path));
}

/** The reference, as typedoc left it. @throws where it did not run. */
export function referencePages(root: string): readonly Page[] {
  const names = existsSync(join(root, API)) ? below(root, API) : [];
  if (names.length === 0) throw new Error("unable to find the reference; the step typedoc comes first");
  return mendAnchors(names.flatMap((name) => read(root, `${API}/${name}`, `api/${name}`)));
}

/** The plugin counts some names twice: `#x-1` where there is but one heading `x` on the page, which is then meant. */
function mendAnchors(pages: readonly Page[]): readonly Page[] {
  const slugs = new Map(
    pages.map(({ path, text }) => [path, new Set(headingsOf(text).map(({ slug }) => slug))]),
  );
  return pages.map((page) => ({
    ...page,
    text: page.text.replaceAll(/\]\(([^)#\s]*)#([\w-]+)-\d+\)/g, (link, file: string, plain: string) => {
      const there = slugs.get(file === "" ? page.path : posix.join(posix.dirname(page.path), file));
      const isMeant = there?.has(plain) === true && !there.has(link.slice(link.indexOf("#") + 1, -1));
      return isMeant ? `](${file}#${plain})` : link;
    }),
  }));
}

function read(root: string, source: string, path: string): Page[] {
  const file = join(root, source);
  return existsSync(file) ? [{ source, path, text: readFileSync(file, "utf8") }] : [];
}

function below(root: string, folder: string): string[] {
  const names = readdirSync(join(root, folder), { encoding: "utf8", recursive: true });
  return names
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".md"))
    .sort();
}
