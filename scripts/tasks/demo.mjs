/** `npm run demo [-- <options>]`: the reference server and the chat app for two, from examples/react-chat. */
import { buildApp } from "../lib/app.mjs";
import { runNode, TYPESCRIPT } from "../lib/run.mjs";
import { buildScriptTag } from "../lib/script-tag.mjs";

/** @param {string[]} args */
export async function run(args) {
  for (const build of [buildScriptTag, buildApp]) {
    const built = await build();
    if (built !== 0) return built;
  }
  const { code } = await runNode([...TYPESCRIPT, "examples/react-chat/demo.ts", ...args]);
  return code;
}
