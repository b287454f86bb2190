import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createScope } from "../base/observable.ts";
import { defaultPolicy, type Rate } from "../protocol/policy.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";
import { createRateLimiter, type RateLimiter, type RateLimiterOptions } from "./rate-limiter.ts";
import type { RateStatus } from "./rate-status.ts";

const perMinute: Rate = { name: "minute", scope: "conversation", tokens: 60, perMs: 60_000, burst: 10 };
const perHour: Rate = { name: "hour", scope: "user", tokens: 120, perMs: 3_600_000, burst: 15 };

function setUp(
  rates?: readonly Rate[],
  options?: Partial<RateLimiterOptions>,
): { clock: VirtualClock; limiter: RateLimiter } {
  const clock = virtualClock(1_000_000);
  const scope = createScope((error) => {
    throw error;
  });
  const limiter = createRateLimiter({ clock, scope, ...options });
  if (rates) limiter.learn({ rates });
  return { clock, limiter };
}

const takeAll = (limiter: RateLimiter, conversationId: string): number => {
  let count = 0;
  while (limiter.take(conversationId).ok) count += 1;
  return count;
};

describe("the rate limiter", () => {
  it("begins with the product's numbers: ten at once, then one a second, per conversation", async () => {
    const { limiter, clock } = setUp();
    expect(takeAll(limiter, "a")).toBe(10);
    expect(limiter.take("a")).toEqual({ ok: false, retryAfterMs: 1_000 });
    expect(takeAll(limiter, "b")).toBe(10);
    await clock.advance(1_000);
    expect(takeAll(limiter, "a")).toBe(1);
  });

  it("[M3] takes out of every bucket or out of none", async () => {
    const { limiter, clock } = setUp([perMinute, perHour]);
    expect(takeAll(limiter, "a")).toBe(10);
    expect(takeAll(limiter, "b")).toBe(5); // the user's bucket is empty now
    expect(limiter.peek("b")).toEqual({ ok: false, retryAfterMs: 30_000 });
    expect(limiter.status("b").get()).toEqual({
      remaining: 0,
      readyAtMs: clock.now() + 30_000,
      limitedBy: "hour",
    });
    await clock.advance(30_000);
    expect(limiter.take("c").ok).toBe(true); // the refusals above cost "c" nothing
    expect(limiter.status("c").get()).toMatchObject({ limitedBy: "hour" });
  });

  it("tells how long without taking", () => {
    const { limiter } = setUp([perMinute]);
    for (let ask = 0; ask < 100; ask += 1) expect(limiter.peek("a")).toEqual({ ok: true });
    expect(takeAll(limiter, "a")).toBe(10);
    expect(limiter.peek("a")).toEqual({ ok: false, retryAfterMs: 1_000 });
  });

  it("[M3] goes by a conversation's own rate", async () => {
    const own: Record<string, number> = { slow: 2, fast: 600 };
    const { limiter, clock } = setUp([perMinute], { messagesPerMinute: (id) => own[id] });
    expect(takeAll(limiter, "slow")).toBe(2);
    expect(limiter.take("slow")).toEqual({ ok: false, retryAfterMs: 30_000 });
    expect(takeAll(limiter, "fast")).toBe(10);
    expect(limiter.take("fast")).toEqual({ ok: false, retryAfterMs: 100 });
    own["slow"] = 60;
    await clock.advance(1_000);
    expect(takeAll(limiter, "slow")).toBe(9); // of ten: two were taken, and one came back
  });

  it("learns other rates and keeps what was taken", () => {
    const { limiter } = setUp([perMinute]);
    expect(takeAll(limiter, "a")).toBe(10);
    limiter.learn({ rates: [perMinute] });
    expect(limiter.peek("a").ok).toBe(false);
    limiter.learn({ rates: [{ ...perMinute, tokens: 600, burst: 20 }] });
    expect(takeAll(limiter, "a")).toBe(10);
    limiter.learn({ rates: [] });
    expect(limiter.status("a").get()).toEqual({ remaining: Infinity });
    expect(limiter.take("a")).toEqual({ ok: true });
  });

  it("cools down as long as the server says, and only where it said so", async () => {
    const { limiter, clock } = setUp([perMinute]);
    limiter.penalise("a", 20_000);
    expect(limiter.take("a")).toEqual({ ok: false, retryAfterMs: 20_000 });
    expect(limiter.status("a").get()).toMatchObject({ remaining: 0, limitedBy: "server" });
    expect(limiter.take("b")).toEqual({ ok: true });
    await clock.advance(20_000);
    expect(limiter.take("a")).toEqual({ ok: true });
  });

  it("[D9, M4] a clock set back does not make a cool-down longer", async () => {
    const clock = virtualClock(10_000_000);
    let aheadMs = 0;
    const limiter = createRateLimiter({
      clock: { now: () => clock.now() + aheadMs, after: (delayMs, task) => clock.after(delayMs, task) },
      scope: createScope(() => {}),
    });
    limiter.penalise("a", 2_000);
    aheadMs = -3_600_000;
    expect(limiter.take("a")).toEqual({ ok: true });
  });

  it("counts what went and what was held back, per minute, hour and day", async () => {
    const { limiter, clock } = setUp([perMinute]);
    takeAll(limiter, "a");
    limiter.penalise("a", 0);
    expect(limiter.stats()).toMatchObject(
      ["minute", "hour", "day"].map((name) => ({ name, taken: 10, refused: 2 })),
    );
    await clock.advance(60_000);
    limiter.take("a");
    expect(limiter.stats().map(({ taken }) => taken)).toEqual([1, 11, 11]);
    await clock.advance(24 * 3_600_000);
    expect(limiter.stats().map(({ taken }) => taken)).toEqual([0, 0, 0]);
  });

  it("[D9, M6] remembers a bounded number of conversations, those least recently used are forgotten first", () => {
    const { limiter } = setUp([{ ...perMinute, burst: 1 }]);
    for (let index = 0; index < 5_000; index += 1) limiter.take(`c${index}`);
    expect(limiter.peek("c4999").ok).toBe(false);
    expect(limiter.peek("c4000").ok).toBe(false);
    expect(limiter.peek("c3999").ok).toBe(true);
    for (let index = 0; index < 5_000; index += 1) limiter.penalise(`p${index}`, 60_000);
    expect([limiter.peek("p4999").ok, limiter.peek("p0").ok]).toEqual([false, true]);
  });

  it("[D9, M1] never lets more through than its rates allow, whoever asks and when", async () => {
    const rates = [perMinute, perHour];
    const ask = fc.record({ conversationId: fc.constantFrom("a", "b", "c"), waitMs: fc.nat(20_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { maxLength: 150 }), async (asks) => {
        const { limiter, clock } = setUp(rates);
        const sent: { readonly conversationId: string; readonly at: number }[] = [];
        for (const { conversationId, waitMs } of asks) {
          await clock.advance(waitMs);
          const promised = limiter.peek(conversationId).ok;
          const { ok } = limiter.take(conversationId);
          expect(ok).toBe(promised);
          if (ok) sent.push({ conversationId, at: clock.now() });
        }
        for (const { scope, tokens, perMs, burst } of rates) {
          for (const only of scope === "user" ? [undefined] : ["a", "b", "c"]) {
            const times = sent
              .filter((each) => only === undefined || each.conversationId === only)
              .map(({ at }) => at);
            for (const [first, from] of times.entries()) {
              const last = times.length - 1;
              const to = times[last] ?? from;
              expect(last - first + 1).toBeLessThanOrEqual(burst + ((to - from) * tokens) / perMs);
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("the countdown of a conversation", () => {
  it("[M5] falls as messages go, and rises with time", async () => {
    const { limiter, clock } = setUp([{ ...perMinute, burst: 2 }]);
    const seen: RateStatus[] = [];
    const status = limiter.status("a");
    const unsubscribe = status.subscribe((now) => void seen.push(now));
    const startMs = clock.now();
    limiter.take("a");
    limiter.take("a");
    await clock.advance(1_000);
    await clock.advance(1_000);
    expect(seen).toEqual([
      { remaining: 1 },
      { remaining: 0, readyAtMs: startMs + 1_000, limitedBy: "minute" },
      { remaining: 1 },
      { remaining: 2 },
    ]);
    expect(clock.timers).toBe(0); // full: nothing changes by itself
    unsubscribe();
  });

  it("ends a cool-down by itself", async () => {
    const { limiter, clock } = setUp([perMinute]);
    const seen: number[] = [];
    limiter.status("a").subscribe(({ remaining }) => void seen.push(remaining));
    limiter.penalise("a", 7_000);
    await clock.advance(6_999);
    expect(seen).toEqual([0]);
    await clock.advance(1);
    expect(seen).toEqual([0, 10]);
  });

  it("is the same value until it changes, with and without listeners", async () => {
    const { limiter, clock } = setUp([perMinute]);
    takeAll(limiter, "a");
    const status = limiter.status("a");
    const first = status.get();
    await clock.advance(10);
    expect(status.get()).toBe(first);
    await clock.advance(990);
    expect(status.get()).toEqual({ remaining: 1 });
  });

  it("shares one timer, and keeps none without listeners", async () => {
    const { limiter, clock } = setUp();
    const ends = ["a", "b", "c"].map((id) => {
      takeAll(limiter, id);
      return limiter.status(id).subscribe(() => {});
    });
    expect(clock.timers).toBe(1);
    for (const end of [...ends, ...ends]) end();
    expect(clock.timers).toBe(0);
  });

  it("[D10] can be read after the limiter was closed, and starts no timer then", async () => {
    const { limiter, clock } = setUp();
    const status = limiter.status("a");
    status.subscribe(() => {});
    takeAll(limiter, "a");
    limiter.close();
    status.subscribe(() => {});
    limiter.penalise("a", 1_000);
    limiter.learn(defaultPolicy);
    expect(status.get().remaining).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it("hears of what another conversation of the same user took", () => {
    const { limiter } = setUp([perHour]);
    const seen: number[] = [];
    limiter.status("a").subscribe(({ remaining }) => void seen.push(remaining));
    limiter.take("b");
    expect(seen).toEqual([14]);
  });
});
