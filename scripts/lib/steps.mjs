/** What a person sees of a step: its name at once, its time when it ends, its output only when it fails. */
import process from "node:process";

/** @typedef {import("./run.mjs").RunResult} RunResult */

/**
 * Prints `name … 12.3 s`, then, if the work failed, everything it printed.
 * @param {string} name @param {() => Promise<RunResult>} work
 * @returns {Promise<RunResult>}
 */
export async function step(name, work) {
  const started = performance.now();
  // A log file wants one line per step; a terminal can show the clock run meanwhile.
  const ticker = process.stdout.isTTY
    ? setInterval(() => process.stdout.write(`\r${name} … ${seconds(started)}`), 1000)
    : undefined;
  process.stdout.write(`${name} … `);
  const result = await work();
  clearInterval(ticker);
  const verdict = result.code === 0 ? "" : "  FAILED";
  process.stdout.write(`${ticker ? `\r${name} … ` : ""}${seconds(started)}${verdict}\n`);
  if (result.code !== 0) process.stdout.write(`${result.output.trimEnd()}\n`);
  return result;
}

/** @param {number} started */
function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
