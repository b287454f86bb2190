/** `npm test [-- <filters and vitest options>]`: every test; the last line is `N passed, N failed, N skipped`. */
import { buildApp, buildDemo } from "../lib/app.mjs";
import { runNode } from "../lib/run.mjs";
import { buildScriptTag } from "../lib/script-tag.mjs";
import { installServices } from "../lib/services.mjs";

/** @param {string[]} args */
export async function run(args) {
  // Whoever names files wants those, soon: nothing is installed for them.
  if (args.length === 0) await installServices();
  // Before, not in the tests that need them: several files at once would write to the same folders.
  if (args.length === 0 || args.some((arg) => arg.includes("examples"))) {
    for (const build of [buildScriptTag, buildApp, () => buildApp("development"), buildDemo]) {
      const built = await build();
      if (built !== 0) return built;
    }
  }
  const reporters = ["--reporter=default", "--reporter=./scripts/vitest-summary.ts"];
  const { code } = await runNode(["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args]);
  return code;
}
