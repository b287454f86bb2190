import type { Random } from "../base/random.ts";

/**
 * Chance that repeats: the same seed gives the same numbers and ids, so a failure is a seed to run again.
 * Mulberry32 (Tommy Ettinger, 2017, public domain description): 32 bits of state, plenty for a test.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    fill(bytes) {
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(next() * 256);
      return bytes;
    },
  };
}
