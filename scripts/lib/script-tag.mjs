/** The bundle for script tags, built when a source it holds is newer than it. */
import { isFresh } from "./fresh.mjs";
import { runNode } from "./run.mjs";
import { step } from "./steps.mjs";

const PACKAGE = "packages/transport-ws";
const BUNDLE = `${PACKAGE}/dist/tidings.global.js`;
const SOURCES = ["packages/core/src", `${PACKAGE}/src`, "tsup.config.ts", "pnpm-lock.yaml"];

/** @returns {Promise<number>} the exit code; 0 when the bundle is there and fresh. */
export async function buildScriptTag() {
  if (isFresh(BUNDLE, SOURCES)) return 0;
  const args = ["../../node_modules/tsup/dist/cli-default.js", "--config", "../../tsup.config.ts"];
  const options = { cwd: PACKAGE, quiet: true, env: { TIDINGS_BUILD: "script-tag" } };
  return (await step("build the script-tag bundle", () => runNode(args, options))).code;
}
