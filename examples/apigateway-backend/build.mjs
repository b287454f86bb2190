// Bundles the functions into `function/index.mjs`, which template.yaml deploys, or into the file that is named.
import { build } from "esbuild";

const here = (path) => new URL(path, import.meta.url).pathname;

await build({
  entryPoints: [here("function.js")],
  outfile: process.argv[2] ?? here("function/index.mjs"),
  conditions: ["source"],
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node22",
});
