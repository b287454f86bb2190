// Bundles the function into `function/index.mjs`, which template.yaml deploys.
import { build } from "esbuild";

const here = (path) => new URL(path, import.meta.url).pathname;

await build({
  entryPoints: [here("function.js")],
  outfile: here("function/index.mjs"),
  absWorkingDir: here("."),
  alias: { "tidings-backend": "@tidings/transport-appsync/backend" },
  conditions: process.argv.slice(2),
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node22",
});
