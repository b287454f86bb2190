import type { Policy, Rate } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";

/**
 * A token bucket in whole numbers, as the client counts it too: what it lacks in token-milliseconds, of which a token
 * is worth `perMs` and each millisecond gives `tokens` back. Nothing is rounded, so a wait that was announced is
 * exactly long enough.
 */
interface Bucket {
  lack: number;
  /** When `lack` was true. */
  at: number;
}

/** Buckets remembered. Whoever was not heard of for longest starts with full ones (D9). */
const MOST_BUCKETS = 100_000;

const MINUTE_MS = 60_000;

/** How much one person may tell moderators, on each node: every report may be a case that somebody has to look at (D9). */
export const concernRates: readonly Rate[] = [
  { name: "minute", scope: "user", tokens: 10, perMs: MINUTE_MS, burst: 20 },
  { name: "hour", scope: "user", tokens: 100, perMs: 60 * MINUTE_MS, burst: 100 },
];

/** A message about to be sent. */
export interface Sending {
  readonly userId: string;
  readonly conversationId: string;
  /** The conversation's own rate, which takes the place of the general one per minute. */
  readonly perMinute: number | undefined;
  /** What the sender's tier multiplies the rates by. */
  readonly factor: number;
}

/** Token buckets that several nodes share. Asked before a commit, as a store does not wait for them. */
export interface SharedRates {
  /** How long each has to wait; 0 if its tokens were taken. Undefined if nobody answers: each node then counts alone. */
  take(sendings: readonly Sending[]): Promise<readonly number[] | undefined>;
  /** Tokens that were taken and not needed after all. */
  giveBack(sendings: readonly Sending[]): void;
}

/** @param name - what is counted: buckets of another name are others. */
export type ShareRates = (name: string, rates: readonly Rate[]) => SharedRates;

/** How often people may send: token buckets per user, and per user and conversation. */
export class Rates {
  readonly #rates: readonly Rate[];
  readonly #buckets = new BoundedMap<string, Bucket>(MOST_BUCKETS);

  constructor(rates: readonly Rate[]) {
    this.#rates = rates;
  }

  /**
   * Takes one token from every bucket concerned, or none from any.
   *
   * @returns how long to wait until all of them have one; 0 if they were taken.
   */
  take(sending: Sending, now: number): number {
    const { userId, conversationId } = sending;
    let waitMs = 0;
    const buckets = this.#rates.map((general, index) => {
      const rate = effective(general, sending);
      const bucket = this.#bucket(`${index} ${userId.length} ${userId}`, rate, conversationId, now);
      waitMs = Math.max(waitMs, Math.ceil((bucket.lack - (rate.burst - 1) * rate.perMs) / rate.tokens));
      return { rate, bucket };
    });
    if (waitMs === 0) for (const { rate, bucket } of buckets) bucket.lack += rate.perMs;
    return waitMs;
  }

  #bucket(userKey: string, rate: Rate, conversationId: string, now: number): Bucket {
    const key = rate.scope === "user" ? userKey : userKey + conversationId;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { lack: 0, at: now };
      this.#buckets.set(key, bucket);
    }
    // Never more than it can hold, so that a rate that was lowered heals.
    const lack = Math.min(bucket.lack, rate.burst * rate.perMs);
    bucket.lack = Math.max(0, lack - Math.max(0, now - bucket.at) * rate.tokens);
    bucket.at = now;
    return bucket;
  }
}

/** A general rate, as it counts for this message. */
export function effective(rate: Rate, { perMinute, factor }: Pick<Sending, "perMinute" | "factor">): Rate {
  if (perMinute === undefined || rate.scope === "user" || rate.perMs !== MINUTE_MS)
    return multiplied(rate, factor);
  return multiplied({ ...rate, tokens: perMinute, burst: Math.min(rate.burst, perMinute) }, factor);
}

/** What is announced to a user whose tier multiplies the rates. */
export function policyFor(policy: Policy, factor: number): Policy {
  return factor === 1 ? policy : { ...policy, rates: policy.rates.map((rate) => multiplied(rate, factor)) };
}

/** In whole tokens, as buckets count, and never nothing. */
function multiplied(rate: Rate, factor: number): Rate {
  if (factor === 1) return rate;
  const times = (tokens: number): number => Math.max(1, Math.round(tokens * factor));
  return { ...rate, tokens: times(rate.tokens), burst: times(rate.burst) };
}
