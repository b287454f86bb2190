/**
 * `npm run simulate [-- --seeds <n> | --seed <n> | --mutations] [--from <n>] [--seconds <n>] [--workers <n>]`: many
 * clients and the server in one process, on simulated time, from a seed each, with everything going wrong that can. Says
 * which law a seed breaks, in how few steps, and what was never met; `--mutations` proves that it finds defects.
 */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";

/** @param {string[]} args */
export async function run(args) {
  const { code } = await runNode([...TYPESCRIPT, "packages/simulation/src/simulator/main.ts", ...args]);
  return code;
}
