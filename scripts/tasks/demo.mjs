/** `npm run demo [-- <options>]`: the reference server and the chat app for two, from examples/react-chat. */
import { buildApp, buildDemo } from "../lib/app.mjs";
import { runNode } from "../lib/run.mjs";
import { buildScriptTag } from "../lib/script-tag.mjs";

/** @param {string[]} args */
export async function run(args) {
  for (const build of [buildScriptTag, buildApp, buildDemo]) {
    const built = await build();
    if (built !== 0) return built;
  }
  const { code } = await runNode(["examples/react-chat/dist/demo.mjs", ...args]);
  return code;
}
