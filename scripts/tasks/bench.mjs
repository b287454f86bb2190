/** `npm run bench [-- <options>]`: the benches of packages/simulation, on the sources, in a Node of their own. */
import { buildApp, buildDemo } from "../lib/app.mjs";
import { runNode, TYPESCRIPT } from "../lib/run.mjs";
import { buildScriptTag } from "../lib/script-tag.mjs";
import { foundServices } from "../lib/services.mjs";

/** @param {string[]} args */
export async function run(args) {
  // One of them opens the demo.
  if (args.includes("page") || args.every((arg) => arg.startsWith("--"))) {
    for (const build of [buildScriptTag, buildApp, buildDemo]) {
      const built = await build();
      if (built !== 0) return built;
    }
  }
  const words = ["--expose-gc", ...TYPESCRIPT, "packages/simulation/bench/main.ts", ...args];
  const { code } = await runNode(words, { env: foundServices() });
  return code;
}
