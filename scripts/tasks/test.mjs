/** `npm test [-- <filters and vitest options>]`: every test; the last line is `N passed, N failed, N skipped`. */
import { runNode } from "../lib/run.mjs";
import { installServices } from "../lib/services.mjs";

/** @param {string[]} args */
export async function run(args) {
  // Whoever names files wants those, soon: nothing is installed for them.
  if (args.length === 0) await installServices();
  const reporters = ["--reporter=default", "--reporter=./scripts/vitest-summary.ts"];
  const { code } = await runNode(["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args]);
  return code;
}
