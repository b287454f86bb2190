/**
 * Builds the package in the current directory. What is built is what its `exports` list as `source`, so a door is named
 * once; a package with an `unpkg` file also gets one bundle for script tags, with everything inside.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
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

/** Named, so that `dist` mirrors `src`. */
const named = (files: readonly string[]): Record<string, string> =>
  Object.fromEntries(files.map((file) => [file.replace(/^(\.\/)?src\/|\.tsx?$/g, ""), file]));

const modules: Options = {
  // Every module stays one of its own: whoever bundles an app can then leave out what it does not import. In a chunk
  // that several doors share, the schemas' top-level calls would come along with each.
  entry: named([...entry, ...modulesOf("src")]),
  format: "esm",
  target: "es2022",
  platform: "neutral",
  // tsup's default rewrites `node:fs` to `fs`, which Deno and bundlers for browsers do not know.
  removeNodeProtocol: false,
  external: [/^node:/],
  sourcemap: true,
  clean: true,
  // tsup still sets the deprecated baseUrl, which TypeScript 6 refuses (TS5101) unless told to look away.
  dts: { entry: named(entry), compilerOptions: { ignoreDeprecations: "6.0" } },
};

/** Node 20 has no glob. Tests and the entry of the script tag are no part of the package. */
function modulesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test(-d)?\.tsx?$/.test(file) && file !== "browser.ts")
    .map((file) => `./${folder}/${file}`);
}

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

/** A part of it, for who needs no more: `TIDINGS_BUILD`. */
const parts: Record<string, Options> = {
  "script-tag": scriptTag,
  code: { ...modules, dts: false, sourcemap: false },
};
const part = parts[process.env["TIDINGS_BUILD"] ?? ""];

export default defineConfig(part ? [part] : [modules, ...(wantsScriptTag ? [scriptTag] : [])]);
