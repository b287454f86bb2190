import type { Clock } from "../base/clock.ts";
import type { Observable, Scope } from "../base/observable.ts";
import { defaultPolicy, type Policy, type Rate } from "../protocol/policy.ts";
import { createRateStatuses, type RateStatus, type ReadStatus } from "./rate-status.ts";
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

/** Buckets, and cool-downs, remembered at once; the one used longest ago is forgotten, the server still counts (D9). */
const MOST_REMEMBERED = 1_000;
const MINUTE_MS = 60_000;

export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { clock, scope, messagesPerMinute } = options;
  const tally = createTally(clock);
  /** By scope and name of the rate and, unless it counts for the user, the conversation. */
  const buckets = new Map<string, Bucket>();
  const coolDowns = new Map<string, { readonly at: number; readonly forMs: number }>();
  let { rates } = defaultPolicy;

  /** A conversation's own rate takes the place of the server's per minute; the burst is never wider. */
  const rateOf = (rate: Rate, conversationId: string): Rate => {
    if (rate.scope === "user" || rate.perMs !== MINUTE_MS) return rate;
    const tokens = messagesPerMinute?.(conversationId);
    return tokens === undefined ? rate : { ...rate, tokens, burst: Math.min(rate.burst, tokens) };
  };

  /** The buckets that count for a conversation, with what each lacks now. */
  const gaugesOf = (conversationId: string): readonly (readonly [key: string, rate: Rate, lack: number])[] =>
    rates.map((general) => {
      const rate = rateOf(general, conversationId);
      const key = `${rate.scope}\n${rate.name}\n${rate.scope === "user" ? "" : conversationId}`;
      return [key, rate, lackAt(buckets.get(key), rate, clock.now())];
    });

  const read: ReadStatus = (conversationId) => {
    const gauges = gaugesOf(conversationId);
    const now = clock.now();
    const { at, forMs } = coolDowns.get(conversationId) ?? { at: now, forMs: 0 };
    let waitMs = Math.max(0, forMs - Math.abs(now - at)); // a clock set back counts as time passed, as in `lackAt`
    let limitedBy = "server";
    const left = gauges.map(([, rate, lack]) => tokensLeft(rate, lack));
    const remaining = waitMs > 0 ? 0 : Math.min(...left); // of none: Infinity
    for (const [, rate, lack] of gauges) {
      const thisMs = lack > 0 ? waitForMs(rate, lack, remaining + 1) : 0;
      if (thisMs > waitMs) [waitMs, limitedBy] = [thisMs, rate.name];
    }
    return [remaining > 0 ? { remaining } : { remaining, readyAtMs: now + waitMs, limitedBy }, waitMs];
  };

  const statuses = createRateStatuses(clock, scope, read);

  const peek = (conversationId: string): Turn => {
    const [{ remaining }, retryAfterMs] = read(conversationId);
    return remaining > 0 ? { ok: true } : { ok: false, retryAfterMs };
  };

  return {
    peek,
    learn(policy) {
      ({ rates } = policy);
      statuses.announce();
    },
    take(conversationId) {
      const turn = peek(conversationId);
      tally(turn.ok ? "taken" : "refused");
      if (turn.ok) {
        for (const [key, { perMs }, lack] of gaugesOf(conversationId)) {
          remember(buckets, key, { lack: lack + perMs, at: clock.now() });
        }
        statuses.announce();
      }
      return turn;
    },
    penalise(conversationId, retryAfterMs) {
      tally("refused");
      remember(coolDowns, conversationId, { at: clock.now(), forMs: retryAfterMs });
      statuses.announce();
    },
    status: (conversationId) => statuses.status(conversationId),
    stats: () => tally(),
    close: () => statuses.close(),
  };
}

/** Puts the newest last, and forgets the first where there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  for (const oldest of map.keys()) {
    if (map.size < MOST_REMEMBERED) break;
    map.delete(oldest);
  }
  map.set(key, value);
}
