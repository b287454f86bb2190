/** `npm run bench [-- <options>]`: the benches of packages/simulation, on the sources, in a Node of their own. */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";
import { foundServices } from "../lib/services.mjs";

/** @param {string[]} args */
export async function run(args) {
  const words = ["--expose-gc", ...TYPESCRIPT, "packages/simulation/bench/main.ts", ...args];
  const { code } = await runNode(words, { env: foundServices() });
  return code;
}
