import type { Clock } from "../base/clock.ts";
import type { Observable, Scope } from "../base/observable.ts";
import { defaultPolicy, type Policy, type Rate } from "../protocol/policy.ts";
import { createRateStatuses, type RateStatus, type Reading } from "./rate-status.ts";
import { createTally, type RateTally } from "./tally.ts";
import { type Bucket, lackAt, tokensLeft, waitForMs } from "./token-bucket.ts";

export type { RateStatus, RateTally };

/** May a message go now? If not, `retryAfterMs` says when to ask again. */
export type Turn = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

export interface RateLimiterOptions {
  readonly clock: Clock;
  readonly scope: Scope;
  /** A conversation's own `settings.messagesPerMinute`, where it has one. */
  readonly messagesPerMinute?: (conversationId: string) => number | undefined;
}

/** The server's limits, kept by the client, so that it waits instead of being refused. */
export interface RateLimiter {
  /** Takes one token out of every bucket that applies, or none out of any. */
  take(conversationId: string): Turn;
  /** As `take`, but takes nothing. */
  peek(conversationId: string): Turn;
  /** The server refused with `rate/limited`: a cool-down of the conversation. */
  penalise(conversationId: string, retryAfterMs: number): void;
  /** Goes by these rates from now on; what was taken stays taken. */
  learn(policy: Pick<Policy, "rates">): void;
  /** Tells its listeners whenever it changes, by sending or by time. */
  status(conversationId: string): Observable<RateStatus>;
  /** What was sent and refused in the current minute, hour and day. */
  stats(): readonly RateTally[];
  /** Stops the timer; everything can still be read. */
  close(): void;
}

/** Buckets, and cool-downs, remembered at once. Beyond that the oldest is forgotten: the server still counts (D9). */
const MOST_REMEMBERED = 1_000;
const MINUTE_MS = 60_000;

export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { clock, scope, messagesPerMinute = () => undefined } = options;
  const tally = createTally(clock);
  const coolDowns = new Map<string, number>();
  let meters: readonly Meter[] = [];

  /** A conversation's own rate takes the place of the server's per minute; the burst is never wider. */
  const rateOf = (rate: Rate, conversationId: string): Rate => {
    if (rate.scope === "user" || rate.perMs !== MINUTE_MS) return rate;
    const tokens = messagesPerMinute(conversationId);
    return tokens === undefined ? rate : { ...rate, tokens, burst: Math.min(rate.burst, tokens) };
  };

  const gaugesOf = (conversationId: string): readonly Gauge[] =>
    meters.map((meter) => {
      const rate = rateOf(meter.rate, conversationId);
      const key = rate.scope === "user" ? "" : conversationId;
      return { rate, buckets: meter.buckets, key, lack: lackAt(meter.buckets.get(key), rate, clock.now()) };
    });

  const read = (conversationId: string, gauges = gaugesOf(conversationId)): Reading => {
    let waitMs = Math.max(0, (coolDowns.get(conversationId) ?? 0) - clock.now());
    let limitedBy = waitMs > 0 ? "server" : undefined;
    const left = gauges.map(({ rate, lack }) => tokensLeft(rate, lack));
    const remaining = limitedBy ? 0 : Math.min(...left); // of none: Infinity
    for (const { rate, lack } of gauges) {
      const thisMs = lack > 0 ? waitForMs(rate, lack, remaining + 1) : 0;
      if (thisMs > waitMs) [waitMs, limitedBy] = [thisMs, rate.name];
    }
    return { remaining, waitMs, limitedBy };
  };

  const statuses = createRateStatuses(clock, scope, read);

  const learn = ({ rates }: Pick<Policy, "rates">): void => {
    meters = rates.map((rate) => ({
      rate,
      buckets: new Map(meters.find((meter) => isSameRate(meter.rate, rate))?.buckets),
    }));
    statuses.announce();
  };
  learn(defaultPolicy);

  return {
    learn,
    peek: (conversationId) => turnOf(read(conversationId)),
    take(conversationId) {
      const gauges = gaugesOf(conversationId);
      const turn = turnOf(read(conversationId, gauges));
      tally.count(turn.ok ? "taken" : "refused");
      if (!turn.ok) return turn;
      const at = clock.now();
      for (const { rate, buckets, key, lack } of gauges) {
        const isFull = (bucket: Bucket): boolean => lackAt(bucket, rate, at) === 0;
        remember(buckets, key, { lack: lack + rate.perMs, at }, isFull);
      }
      statuses.announce();
      return turn;
    },
    penalise(conversationId, retryAfterMs) {
      const now = clock.now();
      tally.count("refused");
      remember(coolDowns, conversationId, now + retryAfterMs, (untilMs) => untilMs <= now);
      statuses.announce();
    },
    status: (conversationId) => statuses.status(conversationId),
    stats: () => tally.read(),
    close: () => statuses.close(),
  };
}

/** A rate with the buckets counted by it: one for the user, or one for each conversation. */
interface Meter {
  readonly rate: Rate;
  readonly buckets: Map<string, Bucket>;
}

/** The bucket that counts for one conversation, read. */
interface Gauge extends Meter {
  readonly key: string;
  readonly lack: number;
}

function turnOf({ remaining, waitMs }: Reading): Turn {
  return remaining > 0 ? { ok: true } : { ok: false, retryAfterMs: waitMs };
}

function isSameRate(one: Rate, other: Rate): boolean {
  return one.name === other.name && one.scope === other.scope && one.perMs === other.perMs;
}

/** Puts the newest last. At the bound what is stale goes first, then the oldest. */
function remember<T>(map: Map<string, T>, key: string, value: T, isStale: (value: T) => boolean): void {
  map.delete(key);
  if (map.size >= MOST_REMEMBERED) for (const [each, held] of map) if (isStale(held)) map.delete(each);
  for (const each of map.keys()) {
    if (map.size < MOST_REMEMBERED) break;
    map.delete(each);
  }
  map.set(key, value);
}
