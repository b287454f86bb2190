/**
 * `npm run chaos [-- --minutes <n> | --seconds <n> | --sends <n>] [--seed <n>] [--report <folder>]`: the real server, Node clients with
 * SQLite and a page of Chromium, each in a process of its own, killed at random, their links cut, their disks filled. At
 * the end every message that was promised must exist once, in one order, everywhere. Writes a report with a plot.
 * `--sends 1000`: so many messages from one page instead, whose tab is killed again and again.
 */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";

/** @param {string[]} args */
export async function run(args) {
  const { code } = await runNode([...TYPESCRIPT, "packages/simulation/src/chaos/main.ts", ...args]);
  return code;
}
