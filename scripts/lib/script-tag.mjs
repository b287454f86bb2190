/** The bundle for script tags, built when a source it holds is newer than it. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { runNode } from "./run.mjs";
import { step } from "./steps.mjs";

const PACKAGE = "packages/transport-ws";
const BUNDLE = `${PACKAGE}/dist/tidings.global.js`;
const SOURCES = ["packages/core/src", `${PACKAGE}/src`, "tsup.config.ts", "pnpm-lock.yaml"];

/** @returns {Promise<number>} the exit code; 0 when the bundle is there and fresh. */
export async function buildScriptTag() {
  if (existsSync(BUNDLE) && newest(SOURCES) <= statSync(BUNDLE).mtimeMs) return 0;
  const args = ["../../node_modules/tsup/dist/cli-default.js", "--config", "../../tsup.config.ts"];
  const options = { cwd: PACKAGE, quiet: true, env: { TIDINGS_BUILD: "script-tag" } };
  return (await step("build the script-tag bundle", () => runNode(args, options))).code;
}

/** @param {string[]} paths @returns {number} the latest modification below them, in ms since 1970 */
function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const stat = statSync(path);
      return stat.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : stat.mtimeMs;
    }),
  );
}
