/** Bundles a test's page from the sources of the workspace, so that no test in a browser needs a build. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * Writes `index.html` and what it runs into `folder`.
 *
 * @param entry - path of the TypeScript file the page runs.
 */
export async function bundlePage(entry: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: join(folder, "page.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["source"],
    define: { "process.env.NODE_ENV": '"production"' }, // React's own checks would be measured with it
    logLevel: "silent", // what fails is thrown
  });
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><meta charset="utf-8"><title>test</title><script type="module" src="page.js"></script>',
  );
}
