/**
 * `node … scripts/docs/packed.ts`: puts beside the built `@tidings/core` what goes with it into the package, of the very
 * version it is about: the page errors point to, and the guides as one text.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { asOneText } from "./plain-text.ts";

const DIST = "packages/core/dist";

/** What an app is built with. How the rest works, and how servers are run, stands on the site. */
const PAGES = [
  "docs/quick-start.md",
  "docs/recipes.md",
  ...["offline", "authentication", "testing", "error-handling", "tabs", "other-frameworks"].map(
    (name) => `docs/guides/${name}.md`,
  ),
  "docs/glossary.md",
];

const TITLE = `# Tidings

How to build with it: the guides of this version. The page of every error code is errors.md beside this file.`;

const pages = PAGES.map((source) => ({ source, text: readFileSync(source, "utf8") }));
writeFileSync(`${DIST}/guides.md`, asOneText(TITLE, pages));
copyFileSync("docs/errors.md", `${DIST}/errors.md`);
