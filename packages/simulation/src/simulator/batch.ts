import { type CoverageCounts, createCoverage } from "./coverage.ts";
import { runSeed } from "./run.ts";
import type { Violation } from "./world.ts";

/** What a worker is to do, and what it has found. */
export interface BatchOrder {
  readonly from: number;
  readonly count: number;
}

export interface BatchResult extends BatchOrder {
  readonly failures: readonly (Violation & { readonly seed: number })[];
  readonly coverage: CoverageCounts;
  readonly events: number;
}

/** Runs `count` seeds, one after the other. */
export async function runBatch({ from, count }: BatchOrder, stopsAtFirst = false): Promise<BatchResult> {
  const coverage = createCoverage();
  const failures: (Violation & { seed: number })[] = [];
  let events = 0;
  let done = 0;
  while (done < count && !(stopsAtFirst && failures.length > 0)) {
    const seed = from + done;
    const verdict = await runSeed(seed);
    coverage.add(verdict.coverage);
    events += verdict.events;
    done += 1;
    if (verdict.failure) {
      const { law, what } = verdict.failure;
      coverage.count("law", law);
      failures.push({ seed, law, what });
    }
  }
  return { from, count: done, failures, coverage: coverage.counts(), events };
}
