/** examples/next-app as strangers have it: with Next, beside what was packed, built for production and tried in Chromium. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { installPacked } from "./packed.mjs";
import { runNode } from "./run.mjs";
import { foundServices } from "./services.mjs";

/** @typedef {import("./run.mjs").RunResult} RunResult */

const APP = "examples/next-app";
const PARTS = ["app", "next.config.mjs"];

/** Stays, to be started: `npx next start` in it. */
const PROJECT = "node_modules/.cache/tidings/next-app";

/** What Next does not write by itself. */
const COMPILER_OPTIONS = { strict: true, allowImportingTsExtensions: true };

/** It resizes images, of which there are none, and weighs as much as the rest of what Next asks for. */
const WITHOUT = { "next>sharp": "-" };

/** @param {string[]} tarballs @returns {Promise<RunResult>} */
export async function tryNextApp(tarballs) {
  const project = resolve(PROJECT);
  const steps = [() => layOut(project, tarballs), () => build(project), () => smoke(project)];
  for (const work of steps) {
    const result = await work();
    if (result.code !== 0) return result;
  }
  return { code: 0, output: "" };
}

/** @param {string} project @param {string[]} tarballs */
function layOut(project, tarballs) {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  for (const part of PARTS) cpSync(join(APP, part), join(project, part), { recursive: true });
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
  const { dependencies, devDependencies } = JSON.parse(readFileSync(`${APP}/package.json`, "utf8"));
  const { "@tidings/server": _tests, ...types } = devDependencies;
  const wanted = { dependencies: pinned(dependencies), devDependencies: pinned(types), overrides: WITHOUT };
  return installPacked(project, wanted, tarballs);
}

/** @param {Record<string, string>} dependencies */
function pinned(dependencies) {
  /** @type {{ catalog: Record<string, string> }} */
  const { catalog } = parse(readFileSync("pnpm-workspace.yaml", "utf8"));
  const versions = Object.entries(dependencies).map(([name, version]) => [name, catalog[name] ?? version]);
  return Object.fromEntries(versions);
}

/** @param {string} project */
function build(project) {
  const env = { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production", CI: "true" };
  return runNode([join(project, "node_modules/next/dist/bin/next"), "build"], {
    ...{ cwd: project, quiet: true, env },
  });
}

/** @param {string} project */
function smoke(project) {
  const args = ["node_modules/vitest/vitest.mjs", "run", "--config", `${APP}/vitest.config.mjs`];
  return runNode(args, { quiet: true, env: { ...foundServices(), TIDINGS_NEXT_APP: project } });
}
