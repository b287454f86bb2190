/** `npm run docs`: writes what is made from the code, then builds the site; see USAGE. */
import { resolve } from "node:path";
import { runNode, TYPESCRIPT } from "../lib/run.mjs";
import { buildSite, runTypedoc, WWW } from "../lib/site.mjs";
import { step } from "../lib/steps.mjs";

const USAGE = `npm run docs [-- write | serve] [--same-wire]

Writes what is made from the code (parts of docs/, the reports of api/, the page on performance, the table and the hash
of the wire), then builds the site.
  write        only the first
  serve        builds, and serves the site at http://localhost:4173/
  --same-wire  the wire is as it was, only its generator changed`;

/** @param {string[]} args */
export async function run(args) {
  const words = args.filter((arg) => !arg.startsWith("--"));
  if (args.includes("--help") || words.some((word) => !["write", "serve"].includes(word))) {
    console.log(USAGE);
    return args.includes("--help") ? 0 : 2;
  }
  const options = args.filter((arg) => arg.startsWith("--"));
  for (const program of [
    "packages/core/test/docs/generate.ts",
    "scripts/api/write.ts",
    "scripts/performance/write.ts",
    "scripts/docs/write-features.ts",
  ]) {
    const written = await runNode([...TYPESCRIPT, program, ...options]);
    if (written.code !== 0) return written.code;
  }
  if (words.includes("write")) return 0;
  for (const [name, work] of /** @type {const} */ ([
    ["read the API", runTypedoc],
    ["build the site", buildSite],
  ])) {
    const { code } = await step(name, work);
    if (code !== 0) return code;
  }
  console.log(`the site is in ${WWW}, for any web server; to look at it: npm run docs -- serve`);
  if (!words.includes("serve")) return 0;
  console.log("serving it at http://localhost:4173/ until you press Ctrl-C");
  const { code } = await runNode([
    resolve("site/node_modules/vitepress/bin/vitepress.js"),
    "preview",
    "site",
  ]);
  return code;
}
