/** `npm run bench [-- <options>]`: the benches of packages/simulation, on the sources, in a Node of their own. */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";

/** @param {string[]} args */
export async function run(args) {
  const { code } = await runNode([
    "--expose-gc",
    ...TYPESCRIPT,
    "packages/simulation/bench/main.ts",
    ...args,
  ]);
  return code;
}
