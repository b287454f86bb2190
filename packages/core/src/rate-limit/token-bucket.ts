import type { Rate } from "../protocol/policy.ts";

/**
 * A token bucket in whole numbers: what it lacks is counted in token-milliseconds, of which a token is worth `perMs`
 * and a millisecond gives `tokens` back. So nothing is rounded, and a bucket that lacks nothing needs no memory.
 */
export interface Bucket {
  readonly lack: number;
  /** When `lack` was true. */
  readonly at: number;
}

/**
 * What a bucket lacks at `now`; one without memory lacks nothing. Never more than all it can hold, so that a rate
 * that has changed heals. A clock set back counts as time passed: the server decides in the end.
 */
export function lackAt(bucket: Bucket | undefined, rate: Rate, now: number): number {
  if (!bucket) return 0;
  const lack = Math.min(bucket.lack, rate.burst * rate.perMs);
  return Math.max(0, lack - Math.abs(now - bucket.at) * rate.tokens);
}

/** Whole tokens in a bucket that lacks `lack`. */
export function tokensLeft(rate: Rate, lack: number): number {
  return Math.floor((rate.burst * rate.perMs - lack) / rate.perMs);
}

/** How long until a bucket that lacks `lack` holds `tokens`, ms; 0 if it does now. `tokens` must not exceed `burst`. */
export function waitForMs(rate: Rate, lack: number, tokens: number): number {
  return Math.max(0, Math.ceil((lack - (rate.burst - tokens) * rate.perMs) / rate.tokens));
}
