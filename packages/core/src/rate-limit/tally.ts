import type { Clock } from "../base/clock.ts";

/** What happened in one calendar window. */
export interface RateTally {
  readonly name: "minute" | "hour" | "day";
  /** Messages that went out. */
  readonly taken: number;
  /** Attempts held back by the client or refused by the server. */
  readonly refused: number;
}

/** Counts per minute, hour and day (UTC); each count begins again with its window. */
export type Tally = (count?: "taken" | "refused") => readonly RateTally[];

const windows = [
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", 86_400_000],
] as const;

export function createTally(clock: Clock): Tally {
  let tallies: readonly (RateTally & { readonly began: number })[] = [];
  return (count) => {
    tallies = windows.map(([name, lengthMs], index) => {
      const began = Math.floor(clock.now() / lengthMs);
      const before = tallies[index];
      const { taken, refused } = before?.began === began ? before : { taken: 0, refused: 0 };
      return {
        name,
        began,
        taken: taken + Number(count === "taken"),
        refused: refused + Number(count === "refused"),
      };
    });
    return tallies;
  };
}
