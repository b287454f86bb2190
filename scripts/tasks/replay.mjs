/** `npm run replay -- <file> [--all]`: what happened in a recording of a client, and the shipped client living through it again. */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";

/** @param {string[]} args */
export async function run(args) {
  const { code } = await runNode([...TYPESCRIPT, "packages/simulation/src/replay/main.ts", ...args]);
  return code;
}
