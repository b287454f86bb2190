/** `npm run demo [-- <options>]`: the reference server and a chat page for two, from examples/vanilla. */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";
import { buildScriptTag } from "../lib/script-tag.mjs";

/** @param {string[]} args */
export async function run(args) {
  const built = await buildScriptTag();
  if (built !== 0) return built;
  const { code } = await runNode([...TYPESCRIPT, "examples/vanilla/demo.ts", ...args]);
  return code;
}
