/** The order of the site: which page stands under which heading. */
import { posix } from "node:path";
import { headingsOf } from "../../scripts/docs/markdown.ts";
import type { Page } from "./pages.ts";

export interface Section {
  readonly title: string;
  /** Paths of pages in their order; what ends in `/*` stands for all below that nobody else has named. */
  readonly pages: readonly string[];
  readonly isFolded?: boolean;
}

const sections: readonly Section[] = [
  { title: "Start", pages: ["quick-start.md", "recipes.md", "guides/migration.md"] },
  { title: "Concepts", pages: ["architecture.md", "glossary.md"] },
  {
    title: "Guides",
    pages: [
      "guides/offline.md",
      "guides/authentication.md",
      "guides/testing.md",
      "guides/react.md",
      "guides/other-frameworks.md",
      "guides/error-handling.md",
      "guides/tabs.md",
      "guides/blocked-networks.md",
      "guides/observability.md",
      "guides/inspector.md",
      "guides/custom-transport.md",
      "guides/custom-storage.md",
      "guides/http-api.md",
      "guides/appsync.md",
      "guides/api-gateway.md",
      "guides/*",
    ],
  },
  {
    title: "Running a server",
    pages: [
      "guides/deployment.md",
      "guides/operations.md",
      "guides/files.md",
      "guides/scaling.md",
      "guides/upgrade.md",
      "guides/backup.md",
      "guides/data.md",
      "guides/troubleshooting.md",
    ],
  },
  {
    title: "Reference",
    pages: [
      "errors.md",
      "protocol.md",
      "schemas/index.md",
      "features.md",
      "security.md",
      "proof.md",
      "performance.md",
    ],
  },
  { title: "API", pages: ["api/index.md", "api/*"], isFolded: true },
  { title: "Spec", pages: ["spec/*"], isFolded: true },
  { title: "Packages", pages: ["packages/*"], isFolded: true },
  { title: "Examples", pages: ["examples/*"], isFolded: true },
  { title: "The project", pages: ["contributing.md"], isFolded: true },
];

export interface Entry {
  readonly text: string;
  readonly link: string;
}

export type Outline = readonly (Omit<Section, "pages"> & { readonly entries: readonly Entry[] })[];

/** The sections with their pages' titles and addresses. @throws if a page is in none, or a named one is missing. */
export function outline(pages: readonly Page[]): Outline {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  const named = new Set(sections.flatMap(({ pages: paths }) => paths));
  const filled = sections.map(({ pages: patterns, ...section }) => ({
    ...section,
    found: patterns.flatMap((pattern) => (pattern.endsWith("/*") ? below(pattern) : [given(pattern)])),
  }));
  const shown = new Set(filled.flatMap(({ found }) => found));
  const lost = pages.filter((page) => page.path !== "index.md" && !shown.has(page));
  if (lost.length > 0)
    throw new Error(`unable to order the site; nothing leads to ${lost.map(({ path }) => path).join(", ")}`);
  return filled
    .filter(({ found }) => found.length > 0)
    .map(({ found, ...section }) => ({ ...section, entries: found.map(entryOf) }));

  function below(pattern: string): Page[] {
    const folder = pattern.slice(0, -1);
    return pages.filter(({ path }) => path.startsWith(folder) && !named.has(path));
  }

  function given(path: string): Page {
    const page = byPath.get(path);
    if (page === undefined) throw new Error(`unable to order the site; there is no page ${path}`);
    return page;
  }
}

function titleOf({ text, path }: Page): string {
  const title = headingsOf(text).find(({ level }) => level === 1)?.text ?? posix.basename(path, ".md");
  return title.replaceAll("`", "");
}

function entryOf(page: Page): Entry {
  return { text: titleOf(page), link: linkOf(page) };
}

/** Where a page is on the site. */
export function linkOf({ path }: Page): string {
  return `/${path.replace(/(index)?\.md$/, "")}`;
}
