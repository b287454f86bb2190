import { describe, expect, it } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { backoffDelayMs } from "./backoff.ts";

const policy = { baseMs: 500, maxMs: 20_000 };
const almostOne = 1 - Number.EPSILON;

describe("backoffDelayMs", () => {
  it("doubles its ceiling with each attempt, up to the longest wait", () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => backoffDelayMs(attempt, policy, almostOne));
    expect(ceilings).toEqual([499, 999, 1_999, 3_999, 7_999, 15_999, 19_999, 19_999]);
  });

  it("may choose no wait at all", () => {
    expect(backoffDelayMs(5, policy, 0)).toBe(0);
  });

  it("spreads the waits evenly below the ceiling", () => {
    const random = seededRandom(7);
    const quarters = [0, 0, 0, 0];
    for (let draw = 0; draw < 4_000; draw += 1) {
      const quarter = Math.floor(backoffDelayMs(3, policy, random.next()) / 500);
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }
    for (const drawn of quarters) expect(drawn).toBeGreaterThan(900);
  });

  it("[D9] stays at the longest wait however often it failed", () => {
    expect(backoffDelayMs(5_000, policy, almostOne)).toBe(19_999);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses attempt %d", (attempt) => {
    expect(() => backoffDelayMs(attempt, policy, 0)).toThrow(RangeError);
  });
});
