import { cpus } from "node:os";
import { commandOptions } from "../command-options.ts";
import { createCoverage, formatCoverage, neverMet } from "./coverage.ts";
import { printMutations } from "./mutation-run.ts";
import { formatPlan, planOf } from "./plan.ts";
import { startPool } from "./pool.ts";
import { runPlan } from "./run.ts";
import { shrink } from "./shrink.ts";

const values = commandOptions(
  "npm run simulate [-- options]: many clients and the server in one process, on simulated time.",
  {
    seeds: { value: "1000", what: "So many runs, each from a seed of its own." },
    from: { value: "1", what: "The first seed." },
    seed: { what: "Only this one; if it fails, in as few steps as still do." },
    seconds: { what: "Ends after so long." },
    workers: { value: String(cpus().length), what: "Processes side by side." },
    mutations: { value: false, what: "Whether the simulation finds each deliberate defect, as a table." },
    mutation: { what: "Only the one of this name." },
  },
);

const BATCH = 25;
const MOST_EXPLAINED = 3;
const MOST_SHOWN = 20;

process.exitCode = await main();

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  if (values.mutations !== undefined || values.mutation !== undefined)
    return (await printMutations(say, Number(values.workers), values.mutation)) ? 0 : 1;
  if (values.seed !== undefined) return (await explain(Number(values.seed))) ? 0 : 1;
  return simulate(Number(values.from), Number(values.seeds), Number(values.seconds ?? Infinity));
}

/** Runs one seed; if it fails, prints the fewest steps that still do. Answers whether all was well. */
async function explain(seed: number): Promise<boolean> {
  const verdict = await runPlan(planOf(seed));
  if (!verdict.failure) {
    say(`seed ${seed}: ${verdict.plan.steps.length} steps, ${verdict.events} events, all well`);
    return true;
  }
  const shrunk = await shrink(verdict);
  say(`\nseed ${seed} breaks ${verdict.failure.law}: ${verdict.failure.what}`);
  say(`in ${shrunk.plan.steps.length} steps of ${verdict.plan.steps.length}: ${shrunk.failure?.what}`);
  say(`replay:\n${formatPlan(shrunk.plan)}`);
  return false;
}

async function simulate(from: number, seeds: number, seconds: number): Promise<number> {
  const pool = startPool(Number(values.workers));
  const coverage = createCoverage();
  const failed: number[] = [];
  const began = performance.now();
  let [given, done, events, told] = [0, 0, 0, 0];
  const secondsSince = (): number => (performance.now() - began) / 1_000;

  const work = async (): Promise<void> => {
    while (given < seeds && secondsSince() < seconds) {
      const count = Math.min(BATCH, seeds - given);
      const order = { from: from + given, count };
      given += count;
      const result = await pool.run(order);
      coverage.add(result.coverage);
      events += result.events;
      done += result.count;
      for (const { seed, law, what } of result.failures) {
        failed.push(seed);
        if (failed.length <= MOST_SHOWN) say(`seed ${seed} breaks ${law}: ${what}`);
      }
      if (secondsSince() - told < 5) continue;
      told = secondsSince();
      say(`${done} of ${seeds} seeds, ${Math.round(done / told)} seeds/s, ${failed.length} failed`);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  const elapsed = secondsSince();
  pool.close();

  for (const seed of failed.slice(0, MOST_EXPLAINED)) await explain(seed);
  const counts = coverage.counts();
  say(`\n${formatCoverage(counts)}\n`);
  say(`never met: ${neverMet(counts).join(", ") || "nothing"}`);
  const rate = `${(done / elapsed).toFixed(1)} seeds/s with ${pool.size} workers`;
  say(`${done} seeds from ${from}, ${events} events, ${elapsed.toFixed(1)} s, ${rate}`);
  say(`${failed.length} failed${failed.length > 0 ? `: ${failed.slice(0, MOST_SHOWN).join(" ")}` : ""}`);
  return failed.length === 0 ? 0 : 1;
}
