import { backoffDelayMs, type BackoffPolicy } from "../base/backoff.ts";
import type { Random } from "../base/random.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Entry } from "./entry.ts";

const retryBackoff: BackoffPolicy = { baseMs: 500, maxMs: 30_000 };
/** After this many refusals an entry is parked (D9). */
const MOST_REFUSALS = 8;
/** After this many of a backend that is away, too: some four hours, at 15 s on average. */
const MOST_WHILE_AWAY = 1_000;

/**
 * Tells a command that the backend never takes from a backend that takes nothing. The first is given up, so that it
 * blocks nobody (D7); the second is as good as no network, and what was written waits for it to come back (D1).
 */
export interface Patience {
  /** The backend took a command: it is not away. */
  took(): void;
  /** It refused one for now. @returns for how long to wait before the next attempt, in ms; undefined: no longer. */
  refused(entry: Entry, error: MessagingError): number | undefined;
}

export function createPatience(random: Random): Patience {
  let taken = 0;
  /** How many had been taken when each was last refused. */
  const before = new WeakMap<Entry, number>();

  return {
    took: () => void (taken += 1),
    refused(entry, error) {
      const { code, retryAfterMs = 0 } = error;
      // A rate that says for how long is waited for as often as it says so.
      const isRefusal = code !== "rate/limited" || retryAfterMs === 0;
      const isAway = code === "server/unavailable" && (before.get(entry) ?? taken) === taken;
      entry.refusals += Number(isRefusal);
      entry.strikes += Number(isRefusal && !isAway);
      before.set(entry, taken);
      if (entry.strikes >= MOST_REFUSALS || entry.refusals >= MOST_WHILE_AWAY) return undefined;
      const backoffMs = backoffDelayMs(Math.max(1, entry.refusals), retryBackoff, random.next());
      return Math.max(retryAfterMs, backoffMs);
    },
  };
}
