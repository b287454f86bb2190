/**
 * The one door to the workspace: `node scripts/dev.mjs <task> [arguments]`, called by the scripts of package.json.
 *
 * It runs before anything is installed, so this file and what it imports at the top use Node's built-ins only.
 * A task is `scripts/tasks/<name>.mjs` exporting `run(args) → Promise<exit code>`; it is imported after the install.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { install } from "./lib/install.mjs";

const TASKS = ["demo", "test", "check", "bench", "simulate", "chaos", "load", "topology", "replay", "docs"];
const OLDEST_NODE = { major: 20, minor: 19 };

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} argv */
async function main([task = "", ...args]) {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE.major || (major === OLDEST_NODE.major && minor < OLDEST_NODE.minor)) {
    const { major, minor } = OLDEST_NODE;
    console.error(`unable to start; Node ${major}.${minor} or newer is needed, this is ${process.version}`);
    return 1;
  }
  if (!TASKS.includes(task)) {
    console.error(`usage: node scripts/dev.mjs <${TASKS.join("|")}> [arguments]`);
    return 2;
  }
  const installed = await install();
  if (installed !== 0) return installed;
  const { run } = await import(`./tasks/${task}.mjs`);
  return run(args);
}
