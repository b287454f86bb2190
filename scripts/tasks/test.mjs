/** `npm test [-- <filters and vitest options>]`: every test; the last line is `N passed, N failed, N skipped`. */
import { runNode } from "../lib/run.mjs";
import { provideServices } from "../lib/services.mjs";

/** @param {string[]} args */
export async function run(args) {
  // Whoever names files wants those, soon: nothing is installed for them.
  const env = await provideServices({ mayInstall: args.length === 0 });
  const reporters = ["--reporter=default", "--reporter=./scripts/vitest-summary.ts"];
  const { code } = await runNode(["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args], { env });
  return code;
}
