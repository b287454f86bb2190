/**
 * `npm run check [-- <step> …]`: everything about the code that is not its behaviour. Each step runs whether or not
 * those before it passed, so that one run shows all there is to do.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { tryPacked, tryRuntimes } from "../lib/bundlers.mjs";
import { tryNewcomer } from "../lib/newcomer.mjs";
import { tryCdk } from "../lib/cdk.mjs";
import { tryNextApp } from "../lib/next-app.mjs";
import { tryNode24 } from "../lib/node-24.mjs";
import { publishedPackages } from "../lib/packages.mjs";
import { pnpm } from "../lib/pnpm.mjs";
import { runNode, TYPESCRIPT } from "../lib/run.mjs";
import { buildSite, runTypedoc } from "../lib/site.mjs";
import { seconds, step } from "../lib/steps.mjs";

/** @typedef {import("../lib/run.mjs").RunResult} RunResult */

const EXAMPLES = readdirSync("examples").map((name) => `examples/${name}/tsconfig.json`);
const PROGRAMS = [
  "tsconfig.json",
  "scripts/tsconfig.json",
  "site/tsconfig.json",
  ...EXAMPLES.filter((file) => existsSync(file)),
];
const CACHE = "node_modules/.cache/tidings";
const PACKED = `${CACHE}/packed`;

/** A build keeps one processor busy for seconds, with declarations; more than two at once need much memory. */
const BUILDS_AT_ONCE = 2;

const tools = {
  attw: "@arethetypeswrong/cli/dist/index.js",
  knip: "knip/bin/knip.js",
  oxlint: "oxlint/bin/oxlint",
  prettier: "prettier/bin/prettier.cjs",
  publint: "publint/src/cli.js",
  sizeLimit: "size-limit/bin.js",
  tsc: "typescript/bin/tsc",
  tsup: "tsup/dist/cli-default.js",
  vitest: "vitest/vitest.mjs",
};

/** @type {Record<string, () => Promise<import("../lib/steps.mjs").StepResult>>} The later ones read what `typedoc`, `build` and `pack` leave behind. */
const STEPS = {
  types: () => all(PROGRAMS.map((project) => () => typecheck(project))),
  lint: () => tool("oxlint", ["--type-aware", "--deny-warnings"]),
  format: () => tool("prettier", ["--check", "--cache", "--cache-location", `${CACHE}/prettier`, "."]),
  repository: () => tool("vitest", ["run", "scripts"]),
  knip: () => tool("knip", ["--no-progress", "--no-config-hints"]),
  typedoc: runTypedoc,
  site: buildSite,
  build: async () => all([() => all(builds(), BUILDS_AT_ONCE), packDocs]),
  pack,
  publint: async () => all(tarballs().map((file) => () => tool("publint", [file, "--strict"]))),
  attw: async () => all(tarballs().map((file) => () => tool("attw", [file, "--profile", "esm-only"]))),
  newcomer: async () => tryNewcomer(tarballs()),
  bundlers: async () => tryPacked(tarballs()),
  runtimes: async () => tryRuntimes(tarballs()),
  node24: tryNode24,
  next: async () => tryNextApp(tarballs()),
  cdk: tryCdk,
  size,
};

/** Each fetches 100 to 300 MB that no lockfile of ours holds still: run by whoever changed something it is about. */
const ONLY_IF_NAMED = ["runtimes", "node24", "next", "cdk"];

/** @param {string[]} wanted */
export async function run(wanted) {
  if (wanted.includes("--help")) {
    console.log(
      `npm run check [-- step …]\n\nSteps, in this order: ${Object.keys(STEPS).join(", ")}. Without a name all run but ${ONLY_IF_NAMED.join(", ")}.`,
    );
    return 0;
  }
  const unknown = wanted.filter((name) => !(name in STEPS));
  if (unknown.length > 0) {
    console.error(`unable to check ${unknown.join(", ")}; the steps are ${Object.keys(STEPS).join(", ")}`);
    return 2;
  }
  mkdirSync(CACHE, { recursive: true });
  const started = performance.now();
  const failed = [];
  for (const [name, work] of Object.entries(STEPS)) {
    if (wanted.length > 0 ? !wanted.includes(name) : ONLY_IF_NAMED.includes(name)) continue;
    if ((await step(name, work)).code !== 0) failed.push(name);
  }
  console.log(
    `check ${failed.length === 0 ? "passed" : `failed: ${failed.join(", ")}`}; it took ${seconds(started)}`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** @param {string} project */
function typecheck(project) {
  const memory = `${CACHE}/${project.replaceAll("/", "-")}.tsbuildinfo`;
  return tool("tsc", ["-p", project, "--incremental", "--tsBuildInfoFile", memory]);
}

function builds() {
  const args = ["--config", "../../tsup.config.ts", "--silent"];
  return publishedPackages().map(
    ({ folder }) =>
      () =>
        tool("tsup", args, folder),
  );
}

/** The pages that go with `@tidings/core`: errors point to them. */
function packDocs() {
  return runNode([...TYPESCRIPT, "scripts/docs/packed.ts"], { quiet: true });
}

/** What would be published, as pnpm makes it: catalog and workspace versions filled in, `source` taken out. */
async function pack() {
  rmSync(PACKED, { recursive: true, force: true });
  const filters = publishedPackages().flatMap(({ name }) => ["--filter", name]);
  return pnpm("--recursive", ...filters, "pack", "--pack-destination", resolve(PACKED));
}

function tarballs() {
  const names = existsSync(PACKED) ? readdirSync(PACKED) : [];
  if (names.length === 0) throw new Error("unable to look at packages; the steps build and pack come first");
  return names.map((name) => `${PACKED}/${name}`);
}

/** The figures are worth a look also when they fit. */
async function size() {
  /** @type {{ path: string | string[] }[]} */
  const measured = JSON.parse(readFileSync(".size-limit.json", "utf8"));
  const missing = measured.flatMap(({ path }) => path).filter((path) => !existsSync(path));
  if (missing.length > 0) {
    const hint = "build first: npm run check -- build size";
    return { code: 1, output: `unable to measure ${[...new Set(missing)].join(", ")}; ${hint}\n` };
  }
  const result = await tool("sizeLimit", ["--json"]);
  const [figures] = /^\[$[^]*?^\]$/m.exec(result.output) ?? []; // among what the bundler has to say
  if (figures === undefined) return result;
  /** @type {{ name: string, size: number, sizeLimit: number }[]} */
  const sizes = JSON.parse(figures);
  const lines = sizes.map(
    ({ name, size, sizeLimit }) =>
      `  ${kilobytes(size)} of ${kilobytes(sizeLimit)} kB  ${name}${size > sizeLimit ? `: ${size - sizeLimit} bytes too many` : ""}`,
  );
  return { code: result.code, output: "", note: lines.join("\n") };
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1).padStart(5);
}

/** @param {keyof typeof tools} name @param {string[]} args @param {string} [cwd] */
function tool(name, args, cwd = ".") {
  return runNode([resolve("node_modules", tools[name]), ...args], { cwd, quiet: true });
}

/**
 * One result for several commands; all run, a few at once, and what failed is told in their order.
 * @param {(() => Promise<RunResult>)[]} works @param {number} [atOnce] @returns {Promise<RunResult>}
 */
async function all(works, atOnce = 1) {
  /** @type {RunResult[]} */
  const results = [];
  const waiting = [...works.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const failed = results.filter(({ code }) => code !== 0);
  return { code: failed[0]?.code ?? 0, output: failed.map(({ output }) => output).join("") };
}
