import type { Rate } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";

interface Bucket {
  tokens: number;
  refilledAt: number;
}

/** Buckets remembered. Whoever was not heard of for longest starts with full ones (D9). */
const MOST_BUCKETS = 100_000;

const MINUTE_MS = 60_000;

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
   * @param perMinute - the conversation's own rate, which replaces the general ones for conversations.
   * @returns how long to wait until all of them have one; 0 if they were taken.
   */
  take(userId: string, conversationId: string, perMinute: number | undefined, now: number): number {
    const buckets = this.#rates.map((rate, index) => {
      const effective = rate.scope === "conversation" ? overruled(rate, perMinute) : rate;
      const scope = rate.scope === "conversation" ? conversationId : "";
      return {
        rate: effective,
        bucket: this.#bucket(`${index} ${userId.length} ${userId}${scope}`, effective, now),
      };
    });
    const waitMs = buckets.map(({ rate, bucket }) =>
      Math.ceil((1 - bucket.tokens) * (rate.perMs / rate.tokens)),
    );
    const longestMs = Math.max(0, ...waitMs);
    if (longestMs === 0) for (const { bucket } of buckets) bucket.tokens -= 1;
    return longestMs;
  }

  #bucket(key: string, rate: Rate, now: number): Bucket {
    const known = this.#buckets.get(key);
    if (!known) {
      const full = { tokens: rate.burst, refilledAt: now };
      this.#buckets.set(key, full);
      return full;
    }
    refill(known, rate, now);
    return known;
  }
}

function refill(bucket: Bucket, { tokens, perMs, burst }: Rate, now: number): void {
  const gained = (Math.max(0, now - bucket.refilledAt) * tokens) / perMs;
  bucket.tokens = Math.min(burst, bucket.tokens + gained);
  bucket.refilledAt = now;
}

function overruled(rate: Rate, perMinute: number | undefined): Rate {
  if (perMinute === undefined) return rate;
  return { ...rate, tokens: perMinute, perMs: MINUTE_MS, burst: Math.min(rate.burst, perMinute) };
}
