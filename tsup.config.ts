/**
 * Builds the package in the current directory. What is built is what its `exports` list as `source`, so a door is named
 * once; a package with an `unpkg` file also gets one bundle for script tags, with everything inside.
 */
import { existsSync, readFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

interface Manifest {
  exports: Record<string, string | { source?: string }>;
  bin?: Record<string, string>;
  unpkg?: string;
}

const manifest: Manifest = JSON.parse(readFileSync("package.json", "utf8"));

const doors = Object.values(manifest.exports).flatMap((door) =>
  typeof door === "object" && door.source !== undefined ? [door.source] : [],
);
const programs = Object.values(manifest.bin ?? {}).map((file) =>
  file.replace("./dist/", "./src/").replace(/\.js$/, ".ts"),
);
// A door may be announced a little before its first file exists; publint complains if it stays so.
const entry = [...doors, ...programs].filter((file) => existsSync(file));

const modules: Options = {
  // Named, so that `dist` mirrors `src` whichever doors exist.
  entry: Object.fromEntries(entry.map((file) => [file.replace(/^\.\/src\/|\.tsx?$/g, ""), file])),
  format: "esm",
  target: "es2022",
  platform: "neutral",
  // tsup's default rewrites `node:fs` to `fs`, which Deno and bundlers for browsers do not know.
  removeNodeProtocol: false,
  external: [/^node:/],
  sourcemap: true,
  clean: true,
  // tsup still sets the deprecated baseUrl, which TypeScript 6 refuses (TS5101) unless told to look away.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
};

const scriptTag: Options = {
  entry: { tidings: "src/browser.ts" },
  format: "iife",
  globalName: "Tidings",
  target: "es2022",
  platform: "browser",
  minify: true,
  sourcemap: true,
  outExtension: () => ({ js: ".global.js" }),
  noExternal: [/.*/],
  esbuildOptions: (options) => {
    options.conditions = ["source"];
  },
};

const wantsScriptTag = manifest.unpkg !== undefined && existsSync("src/browser.ts");

export default defineConfig(
  process.env["TIDINGS_BUILD"] === "script-tag"
    ? [scriptTag]
    : [modules, ...(wantsScriptTag ? [scriptTag] : [])],
);
