// Bundles the function into `function/index.mjs`, which template.yaml deploys.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here("function.mjs")],
  outfile: here("function/index.mjs"),
  conditions: process.argv.slice(2),
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node22",
});
