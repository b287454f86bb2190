import type { Mutation } from "./mutation.ts";
import { mutations } from "./mutations.ts";
import { startPool } from "./pool.ts";

/** Which law a mutation broke first, and when. */
export interface Catch {
  readonly name: string;
  /** `undefined` if no seed found it. */
  readonly law: string | undefined;
  readonly what: string;
  /** Seeds run until then. */
  readonly seeds: number;
  readonly seconds: number;
}

/** Every mutation must be found within so many seeds. */
const MOST_SEEDS = 5_000;
const BATCH = 50;

/** Runs seeds, from 1 on, on sources with a deliberate defect, until one of them finds it. */
export async function hunt({ name }: Mutation, workers = 1, mostSeeds: number = MOST_SEEDS): Promise<Catch> {
  const pool = startPool(workers, name);
  const began = performance.now();
  let seeds = 0;
  const finds: { readonly seed: number; readonly law: string; readonly what: string }[] = [];
  const work = async (): Promise<void> => {
    while (finds.length === 0 && seeds < mostSeeds) {
      const from = seeds + 1;
      seeds += BATCH;
      const { failures } = await pool.run({ from, count: BATCH }, true);
      const [first] = failures;
      if (first) finds.push(first);
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.size }, work));
  } finally {
    pool.close();
  }
  const seconds = (performance.now() - began) / 1_000;
  const [found] = finds.sort((one, other) => one.seed - other.seed);
  return { name, law: found?.law, what: found?.what ?? "", seeds: found?.seed ?? seeds, seconds };
}

/** Prints the table. Answers whether all were caught. */
export async function printMutations(
  say: (line: string) => void,
  workers: number,
  only?: string,
): Promise<boolean> {
  const chosen = mutations.filter(({ name }) => only === undefined || name === only);
  let caught = 0;
  say(row("mutation", "caught by", "seeds", "seconds"));
  for (const mutation of chosen) {
    const { name, law, seeds, seconds, what } = await hunt(mutation, workers);
    if (law !== undefined) caught += 1;
    say(row(name, law ?? "nothing", String(seeds), seconds.toFixed(1)));
    if (only !== undefined) say(what);
  }
  say(`\n${caught} of ${chosen.length} caught`);
  return chosen.length > 0 && caught === chosen.length;
}

function row(name: string, law: string, seeds: string, seconds: string): string {
  return `${name.padEnd(62)} ${law.padEnd(9)} ${seeds.padStart(6)} ${seconds.padStart(8)}`;
}
