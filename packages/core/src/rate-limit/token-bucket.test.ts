import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rate } from "../protocol/policy.ts";
import { type Bucket, lackAt, tokensLeft, waitForMs } from "./token-bucket.ts";

const rate = (tokens: number, perMs: number, burst: number): Rate => ({
  ...{ name: "test", scope: "user" },
  ...{ tokens, perMs, burst },
});
const anyRate = fc
  .record({
    tokens: fc.integer({ min: 1, max: 500 }),
    perMs: fc.integer({ min: 1, max: 100_000 }),
    burst: fc.integer({ min: 1, max: 50 }),
  })
  .map(({ tokens, perMs, burst }) => rate(tokens, perMs, burst));
/** When something is asked for: the time since the last. */
const asks = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 });

/** Takes where there is a token; answers with the times of what was taken. */
function taken(of: Rate, waits: readonly number[]): readonly number[] {
  let bucket: Bucket | undefined;
  let now = 0;
  return waits.flatMap((waitMs) => {
    now += waitMs;
    const lack = lackAt(bucket, of, now);
    if (waitForMs(of, lack, 1) > 0) return [];
    bucket = { lack: lack + of.perMs, at: now };
    return [now];
  });
}

/** The same by counting fractions of a token in whole numbers, millisecond by millisecond. */
function takenSlowly(of: Rate, waits: readonly number[]): readonly number[] {
  let parts = of.burst * of.perMs;
  let now = 0;
  return waits.flatMap((waitMs) => {
    for (let ms = 0; ms < waitMs; ms += 1) parts = Math.min(of.burst * of.perMs, parts + of.tokens);
    now += waitMs;
    if (parts < of.perMs) return [];
    parts -= of.perMs;
    return [now];
  });
}

describe("a token bucket", () => {
  it("agrees with one filled millisecond by millisecond", () => {
    fc.assert(
      fc.property(anyRate, asks, (of, waits) => {
        expect(taken(of, waits)).toEqual(takenSlowly(of, waits));
      }),
      { numRuns: 100 },
    );
  });

  it("[D9, M1] gives in any stretch of time at most its burst and what flowed in meanwhile", () => {
    fc.assert(
      fc.property(anyRate, asks, (of, waits) => {
        const times = taken(of, waits);
        for (const [first, from] of times.entries()) {
          for (const [offset, to] of times.slice(first).entries()) {
            expect(offset + 1).toBeLessThanOrEqual(of.burst + ((to - from) * of.tokens) / of.perMs);
          }
        }
      }),
    );
  });

  it("[M2] says exactly how long until there are so many tokens", () => {
    fc.assert(
      fc.property(anyRate, fc.nat(), fc.nat(), (of, drained, wanted) => {
        const lack = drained % (of.burst * of.perMs + 1);
        const tokens = 1 + (wanted % of.burst);
        const waitMs = waitForMs(of, lack, tokens);
        const leftAt = (ms: number): number => tokensLeft(of, lackAt({ lack, at: 0 }, of, ms));
        expect(leftAt(waitMs)).toBeGreaterThanOrEqual(tokens);
        if (waitMs > 0) expect(leftAt(waitMs - 1)).toBeLessThan(tokens);
      }),
    );
  });

  it("[M4] is not frozen by a clock that was set back", () => {
    const of = rate(1, 1_000, 5);
    expect(lackAt({ lack: 5_000, at: 3_600_000 }, of, 0)).toBe(0);
  });

  it("never lacks more than it can hold, when its rate became narrower", () => {
    expect(lackAt({ lack: 50_000, at: 0 }, rate(1, 1_000, 5), 0)).toBe(5_000);
  });
});
