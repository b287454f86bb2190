/** The packages as strangers have them: installed from what was packed, bundled by each bundler people use, and run. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";
import { installPacked } from "./packed.mjs";
import { runNode } from "./run.mjs";
import { FETCHED, HERE, PROGRAMS } from "./runtimes.mjs";
import { APP, PACKAGES, REQUIRED, runApp } from "./smoke-app.mjs";

/** @typedef {import("./run.mjs").RunResult} RunResult */

/** What a bundler makes of the app, in a folder: the file to run. @satisfies {Record<string, (project: string) => Promise<string>>} */
const BUNDLERS = {
  esbuild: async (project) => {
    const outfile = join(project, "esbuild/app.js");
    await esbuild({
      ...{ entryPoints: [join(project, "app.js")], bundle: true, minify: true, format: "esm", outfile },
      ...{ platform: "browser", logLevel: "silent", define: { "process.env.NODE_ENV": '"production"' } },
    });
    return outfile;
  },
  vite: async (project) => {
    writeFileSync(join(project, "index.html"), '<script type="module" src="/app.js"></script>');
    await vite({
      ...{ root: project, logLevel: "silent", configFile: false },
      build: {
        ...{ outDir: "vite", modulePreload: { polyfill: false } }, // that wants a document
        rolldownOptions: { output: { entryFileNames: "app.js" } },
      },
    });
    return join(project, "vite/app.js");
  },
  webpack: (project) =>
    new Promise((done, fail) => {
      const output = { path: join(project, "webpack"), filename: "app.mjs" };
      const mode = /** @type {const} */ ("production");
      // Its advice on sizes is about pages; this one has React's renderer for servers in it.
      const options = {
        context: project,
        entry: "./app.js",
        mode,
        output,
        performance: /** @type {const} */ (false),
      };
      webpack(options, (error, stats) => {
        const isFaulty = stats?.hasErrors() || stats?.hasWarnings();
        if (error ?? isFaulty) fail(error ?? new Error(stats?.toString("errors-warnings")));
        else done(join(output.path, output.filename));
      });
    }),
  "Node, import": async (project) => join(project, "app.js"),
  "Node, require": async (project) => {
    writeFileSync(join(project, "app.cjs"), REQUIRED);
    return join(project, "app.cjs");
  },
};

/** @typedef {keyof typeof BUNDLERS} BundlerName */
/** @typedef {import("./runtimes.mjs").Try} Try */

const tries = Object.fromEntries(Object.entries(BUNDLERS).map(([name, bundle]) => [name, running(bundle)]));

/** @param {(project: string) => Promise<string>} bundle @returns {Try} */
function running(bundle) {
  return async (project) => runApp(await bundle(project));
}

/**
 * Installs tarballs into an empty project, and runs one app there with each bundler and without any.
 * @param {string[]} tarballs @returns {Promise<RunResult>}
 */
export function tryPacked(tarballs) {
  return inProject({ ...tries, ...HERE }, (project) => install(project, tarballs));
}

/**
 * The same in the runtimes that come as packages.
 * @param {string[]} tarballs @returns {Promise<RunResult>}
 */
export function tryRuntimes(tarballs) {
  return inProject(FETCHED, (project) => install(project, tarballs, PROGRAMS));
}

/**
 * The same in a fraction of the time: what would be packed is built without declarations, and linked to what is here.
 * @returns {Promise<RunResult>}
 */
export function tryBuilt() {
  /** @type {BundlerName[]} */
  const quick = ["esbuild", "Node, import", "Node, require"];
  const wanted = Object.fromEntries(quick.map((name) => [name, running(BUNDLERS[name])]));
  return inProject(wanted, async (project) => {
    const built = await Promise.all(PACKAGES.map((name) => layOut(project, name)));
    return built.find(({ code }) => code !== 0) ?? { code: 0, output: "" };
  });
}

/** @param {Record<string, Try>} ways @param {(project: string) => Promise<RunResult>} fill @returns {Promise<RunResult>} */
async function inProject(ways, fill) {
  const project = mkdtempSync(join(tmpdir(), "tidings-project-"));
  try {
    const filled = await fill(project);
    if (filled.code !== 0) return filled;
    writeFileSync(join(project, "app.js"), APP);
    const troubles = [];
    for (const [name, attempt] of Object.entries(ways)) {
      const trouble = await attempt(project).catch((error) => `${error}`);
      if (trouble) troubles.push(`${name}: ${trouble}\n`);
    }
    return { code: Math.min(1, troubles.length), output: troubles.join("") };
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** @param {string} project @param {string[]} tarballs @param {Record<string, string>} [more] */
function install(project, tarballs, more) {
  const { version } = JSON.parse(readFileSync("packages/react/node_modules/react/package.json", "utf8"));
  const { version: ws } = JSON.parse(
    readFileSync("packages/transport-ws/node_modules/ws/package.json", "utf8"),
  );
  const ours = Object.fromEntries([...PACKAGES, "server"].map((name) => [`@tidings/${name}`, "*"]));
  const dependencies = { ...ours, react: version, "react-dom": version, ws, ...more };
  return installPacked(project, { dependencies }, tarballs);
}

/** @param {string} project @param {string} name of a package of ours, which comes with what it depends on */
async function layOut(project, name) {
  const [from, to] = [resolve("packages", name), join(project, "node_modules/@tidings", name)];
  const { beforePacking } = createRequire(import.meta.url)("../../.pnpmfile.cjs").hooks;
  const manifest = beforePacking(JSON.parse(readFileSync(join(from, "package.json"), "utf8")));
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "package.json"), JSON.stringify(manifest));
  for (const other of [
    ...Object.keys(manifest.dependencies ?? {}),
    ...(name === "react" ? ["react", "react-dom"] : []),
  ])
    link(project, from, other);
  const tsup = resolve("node_modules/tsup/dist/cli-default.js");
  const args = [tsup, "--config", "../../tsup.config.ts", "--silent", "--out-dir", join(to, "dist")];
  return runNode(args, { cwd: from, quiet: true, env: { TIDINGS_BUILD: "code" } });
}

/** @param {string} project @param {string} from @param {string} name */
function link(project, from, name) {
  const to = join(project, "node_modules", name);
  if (name.startsWith("@tidings/") || existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(join(from, "node_modules", name)), to, "junction");
}
