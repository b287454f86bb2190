/** `npm run load [-- <address> <options>]`: `tidings-load` from its sources; `--help` tells the options. */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";

/** @param {string[]} args */
export async function run(args) {
  const { code } = await runNode([...TYPESCRIPT, "packages/load/src/cli.ts", ...args]);
  return code;
}
