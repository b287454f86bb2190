/** `npm run docs [-- --same-wire]`: writes what is made from the code: parts of `docs/`, the table and the hash of the wire. */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";

/** @param {string[]} args */
export async function run(args) {
  const { code } = await runNode([...TYPESCRIPT, "packages/core/test/docs/generate.ts", ...args]);
  return code;
}
