import type { Plan, Step } from "./plan.ts";
import { runPlan, type Verdict } from "./run.ts";

/**
 * The shortest list of steps found that still breaks the same law: halves are left out, then quarters, down to single
 * steps, until none can go (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002); then
 * every wait is made as short as it can be.
 *
 * @param mostRuns - it gives up after so many runs and answers the best so far.
 */
export async function shrink(failed: Verdict, mostRuns = 600): Promise<Verdict> {
  const law = failed.failure?.law;
  let best = failed;
  let runs = 0;

  const isStillWrong = async (steps: readonly Step[]): Promise<boolean> => {
    if (runs >= mostRuns) return false;
    runs += 1;
    const verdict = await runPlan({ ...best.plan, steps });
    if (verdict.failure?.law !== law) return false;
    best = verdict;
    return true;
  };

  // Nothing after the failure mattered.
  await isStillWrong(best.plan.steps.slice(0, (best.failure?.step ?? 0) + 1));
  for (let size = best.plan.steps.length >> 1; size >= 1; size = size === 1 ? 0 : size >> 1) {
    await withoutRuns(() => best.plan, size, isStillWrong);
    if (size === 1) await withoutRuns(() => best.plan, 1, isStillWrong);
  }
  for (let index = 0; index < best.plan.steps.length; index += 1) {
    for (const ms of [1, 10, 100, 1_000]) {
      const step = best.plan.steps[index];
      if (step?.type !== "wait" || step.ms <= ms) continue;
      if (await isStillWrong(best.plan.steps.with(index, { type: "wait", ms }))) break;
    }
  }
  return best;
}

/** Tries to leave out each run of `size` steps in turn. */
async function withoutRuns(
  plan: () => Plan,
  size: number,
  isStillWrong: (steps: readonly Step[]) => Promise<boolean>,
): Promise<void> {
  for (let at = 0; at < plan().steps.length;) {
    if (!(await isStillWrong(plan().steps.toSpliced(at, size)))) at += size;
  }
}
