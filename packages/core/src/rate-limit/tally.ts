import type { Clock } from "../base/clock.ts";

/** What happened in one calendar window. */
export interface RateTally {
  readonly name: "minute" | "hour" | "day";
  /** Messages that went out. */
  readonly taken: number;
  /** Attempts held back by the client or refused by the server. */
  readonly refused: number;
}

const MINUTE_MS = 60_000;
const lengthsMs = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 24 * 60 * MINUTE_MS } as const;
const names = ["minute", "hour", "day"] as const;

/** Counts per minute, hour and day (UTC); each count begins again with its window. */
export function createTally(clock: Clock): {
  count(what: "taken" | "refused"): void;
  read(): readonly RateTally[];
} {
  let windows = names.map((name) => ({ name, number: 0, taken: 0, refused: 0 }));
  const roll = (): void => {
    windows = windows.map((window) => {
      const number = Math.floor(clock.now() / lengthsMs[window.name]);
      return number === window.number ? window : { name: window.name, number, taken: 0, refused: 0 };
    });
  };
  return {
    count(what) {
      roll();
      for (const window of windows) window[what] += 1;
    },
    read() {
      roll();
      return windows.map(({ name, taken, refused }) => ({ name, taken, refused }));
    },
  };
}
