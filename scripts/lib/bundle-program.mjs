/**
 * A program of ours as one file: to take the types out of some hundred files at every start costs two seconds. What is
 * installed is not copied in but named where it lies, so the file is good for this clone only; all but what consists of
 * hundreds of ES modules, as to open those takes a third of the start.
 *
 * `node scripts/lib/bundle-program.mjs <entry> <file>` does the same.
 */
import { realpathSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** @param {string} entry @param {string} file @returns {Promise<void>} */
export async function bundleProgram(entry, file) {
  await build({
    ...{ entryPoints: [entry], outfile: file, plugins: [installedStayOutside] },
    ...{ bundle: true, format: "esm", platform: "node", target: "node20", conditions: ["source"] },
    logLevel: "silent", // what fails is thrown
  });
}

const COPIED = /^(@tidings\/|node:|(kysely|zod|jose)(\/|$))/;

/** @type {import("esbuild").Plugin} */
const installedStayOutside = {
  name: "installed-stay-outside",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...request }) => {
      if (pluginData === "asked" || COPIED.test(path)) return undefined;
      const { resolveDir, kind, importer } = request;
      const found = await resolve(path, { resolveDir, kind, importer, pluginData: "asked" });
      if (found.errors.length > 0) return found;
      return { path: found.external ? found.path : pathToFileURL(found.path).href, external: true };
    });
  },
};

const [, self = "", entry, file] = process.argv;
if (entry !== undefined && file !== undefined && realpathSync(self) === fileURLToPath(import.meta.url))
  await bundleProgram(entry, file);
