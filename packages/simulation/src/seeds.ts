import { env } from "node:process";

/** `TIDINGS_SEED=7 npm test -- packages/simulation/test/thousand`: only this one, again. */
const only = numberOf("TIDINGS_SEED");
/** `TIDINGS_SEEDS=500 npm test -- packages/simulation/test/chaos-virtual`: so many, from 1 on. */
const many = numberOf("TIDINGS_SEEDS");

/** Is this the long form? */
export const isLong: boolean = only !== undefined || many !== undefined;

/**
 * The seeds to run: those of the short form, unless the environment names one or says how many. What fails names its
 * seed in the title; `TIDINGS_SEED` runs it again.
 */
export function replayable(short: readonly number[], longAtMost: number = Infinity): readonly number[] {
  if (only !== undefined) return [only];
  return many === undefined ? short : upTo(Math.min(many, longAtMost));
}

/** 1 to `count`. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function numberOf(name: string): number | undefined {
  const text = env[name];
  return text === undefined || text === "" ? undefined : Number(text);
}
