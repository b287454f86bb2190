/** The documentation as a site: `site/` builds it from docs/, the README files and what typedoc reads in the sources. */
import { resolve } from "node:path";
import { publishedPackages } from "./packages.mjs";
import { runNode, TYPESCRIPT } from "./run.mjs";

/** Where it lies when it is built. */
export const WWW = "site/dist/www";

/** Reads the doors of all packages, complains, and writes the reference. */
export function runTypedoc() {
  const doors = publishedPackages().flatMap((each) => each.doors);
  return runNode([resolve("node_modules/typedoc/bin/typedoc"), ...doors], { quiet: true });
}

/** Needs the reference. Fails where a link leads nowhere. */
export function buildSite() {
  return runNode([...TYPESCRIPT, "site/src/build.ts"], { quiet: true });
}
