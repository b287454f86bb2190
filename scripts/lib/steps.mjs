/** What a person sees of a step: its name at once, its time when it ends, its output only when it fails. */
import process from "node:process";

/** @typedef {import("./run.mjs").RunResult & { note?: string }} StepResult `note` is shown however the step ended. */

/**
 * Prints `name … 12.3 s`, then, if the work failed, everything it printed.
 * @param {string} name @param {() => Promise<StepResult>} work
 * @returns {Promise<StepResult>} of work that threw, a failure with what it threw
 */
export async function step(name, work) {
  const started = performance.now();
  // A log file wants one line per step; a terminal can show the clock run meanwhile.
  const ticker = process.stdout.isTTY
    ? setInterval(() => process.stdout.write(`\r${name} … ${seconds(started)}`), 1000)
    : undefined;
  process.stdout.write(`${name} … `);
  /** @type {StepResult} */
  const result = await work().catch((error) => ({ code: 1, output: String(error) }));
  clearInterval(ticker);
  const verdict = result.code === 0 ? "" : "  FAILED";
  process.stdout.write(`${ticker ? `\r${name} … ` : ""}${seconds(started)}${verdict}\n`);
  for (const text of [result.note ?? "", result.code === 0 ? "" : result.output.trimEnd()]) {
    if (text !== "") process.stdout.write(`${text}\n`);
  }
  return result;
}

/** @param {number} started */
export function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
