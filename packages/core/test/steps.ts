import { Session } from "node:inspector/promises";

/** How many steps `work` takes in the client: each function it calls and each turn of a loop counts, time does not. */
export type CountSteps = (work: () => Promise<unknown>) => Promise<number>;

/** Not of the client: the backend it talks to, and what tests it. */
const others = /\/(memory|testing)\//;

/**
 * V8's own counters, those of coverage. To be called before any client is made, as what has run before is not counted
 * loop by loop.
 */
export async function countingSteps(): Promise<CountSteps> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const taken = async (): Promise<number> => {
    const { result } = await session.post("Profiler.takePreciseCoverage"); // and they begin again at 0
    return result
      .filter(({ url }) => url.includes("/packages/core/src/") && !others.test(url))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((sum, { count }) => sum + count, 0);
  };
  return async (work) => {
    await taken();
    await work();
    return taken();
  };
}
