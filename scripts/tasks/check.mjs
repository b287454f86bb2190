/**
 * `npm run check [-- <step> …]`: everything about the code that is not its behaviour. Each step runs whether or not
 * those before it passed, so that one run shows all there is to do.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { publishedPackages } from "../lib/packages.mjs";
import { pnpm } from "../lib/pnpm.mjs";
import { runNode } from "../lib/run.mjs";
import { step } from "../lib/steps.mjs";

/** @typedef {import("../lib/run.mjs").RunResult} RunResult */

const CACHE = "node_modules/.cache/tidings";

const tools = {
  attw: "@arethetypeswrong/cli/dist/index.js",
  knip: "knip/bin/knip.js",
  oxlint: "oxlint/bin/oxlint",
  prettier: "prettier/bin/prettier.cjs",
  publint: "publint/src/cli.js",
  sizeLimit: "size-limit/bin.js",
  tsc: "typescript/bin/tsc",
  tsup: "tsup/dist/cli-default.js",
  typedoc: "typedoc/bin/typedoc",
  vitest: "vitest/vitest.mjs",
};

/** @type {Record<string, () => Promise<RunResult>>} The later ones read what `build` and `pack` leave behind. */
const STEPS = {
  types: () => all(["tsconfig.json", "scripts/tsconfig.json"].map((project) => () => typecheck(project))),
  lint: () => tool("oxlint", ["--type-aware", "--deny-warnings"]),
  format: () => tool("prettier", ["--check", "--cache", "--cache-location", `${CACHE}/prettier`, "."]),
  repository: () => tool("vitest", ["run", "scripts"]),
  knip: () => tool("knip", ["--no-progress", "--no-config-hints"]),
  typedoc: () =>
    tool(
      "typedoc",
      publishedPackages().flatMap(({ doors }) => doors),
    ),
  build: () =>
    all(
      publishedPackages().map(
        ({ folder }) =>
          () =>
            build(folder),
      ),
    ),
  pack,
  publint: () => all(tarballs().map((file) => () => tool("publint", [file, "--strict"]))),
  attw: () => all(tarballs().map((file) => () => tool("attw", [file, "--profile", "esm-only"]))),
  size: () => tool("sizeLimit", []),
};

/** @param {string[]} wanted */
export async function run(wanted) {
  const unknown = wanted.filter((name) => !(name in STEPS));
  if (unknown.length > 0) {
    console.error(`unable to check ${unknown.join(", ")}; the steps are ${Object.keys(STEPS).join(", ")}`);
    return 2;
  }
  mkdirSync(CACHE, { recursive: true });
  const failed = [];
  for (const [name, work] of Object.entries(STEPS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    if ((await step(name, work)).code !== 0) failed.push(name);
  }
  console.log(failed.length === 0 ? "check passed" : `check failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

/** @param {string} project */
function typecheck(project) {
  const memory = `${CACHE}/${project.replaceAll("/", "-")}.tsbuildinfo`;
  return tool("tsc", ["-p", project, "--incremental", "--tsBuildInfoFile", memory]);
}

/** @param {string} folder */
function build(folder) {
  return tool("tsup", ["--config", "../../tsup.config.ts", "--silent"], folder);
}

/** What would be published, as pnpm makes it: catalog and workspace versions filled in, `source` taken out. */
async function pack() {
  rmSync(`${CACHE}/packed`, { recursive: true, force: true });
  const filters = publishedPackages().flatMap(({ name }) => ["--filter", name]);
  return pnpm("--recursive", ...filters, "pack", "--pack-destination", resolve(CACHE, "packed"));
}

function tarballs() {
  return readdirSync(`${CACHE}/packed`).map((name) => `${CACHE}/packed/${name}`);
}

/** @param {keyof typeof tools} name @param {string[]} args @param {string} [cwd] */
function tool(name, args, cwd = ".") {
  return runNode([resolve("node_modules", tools[name]), ...args], { cwd, quiet: true });
}

/**
 * One result for several commands; all run, the first failure decides the code.
 * @param {(() => Promise<RunResult>)[]} works @returns {Promise<RunResult>}
 */
async function all(works) {
  const result = { code: 0, output: "" };
  for (const work of works) {
    const { code, output } = await work();
    if (code === 0) continue;
    result.code ||= code;
    result.output += output;
  }
  return result;
}
