import { defaultPolicy } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { Rates, type Sending } from "./rates.ts";

const MINUTE_MS = 60_000;

function sending(userId: string, conversationId: string, perMinute?: number, factor = 1): Sending {
  return { userId, conversationId, perMinute, factor };
}

/** How many of `tries` sends pass, `everyMs` apart. */
function passed(rates: Rates, tries: number, everyMs: number, conversationId = "a", from = 0): number {
  let count = 0;
  for (let index = 0; index < tries; index += 1) {
    if (rates.take(sending("ada", conversationId), from + index * everyMs) === 0) count += 1;
  }
  return count;
}

describe("rates", () => {
  it("[M1] let a burst through, then as many as flow in", () => {
    const rates = new Rates(defaultPolicy.rates);
    expect(passed(rates, 50, 0)).toBe(10);
    expect(passed(rates, 600, 100, "a", 1)).toBe(59);
  });

  it("[M2] say exactly how long to wait", () => {
    const rates = new Rates(defaultPolicy.rates);
    passed(rates, 10, 0);
    const waitMs = rates.take(sending("ada", "a"), 0);
    expect(waitMs).toBe(1_000);
    expect(rates.take(sending("ada", "a"), waitMs - 1)).toBe(1);
    expect(rates.take(sending("ada", "a"), waitMs)).toBe(0);
  });

  it("count a user over all conversations, and each conversation alone", () => {
    const rates = new Rates(defaultPolicy.rates);
    let count = 0;
    for (let index = 0; index < 30; index += 1) count += passed(rates, 10, 0, `conversation-${index}`);
    expect(count).toBe(100);
  });

  it("[M3] take nothing from any bucket when one is empty", () => {
    const rates = new Rates([
      { name: "a", scope: "conversation", tokens: 1, perMs: MINUTE_MS, burst: 1 },
      { name: "b", scope: "user", tokens: 1, perMs: MINUTE_MS, burst: 2 },
    ]);
    expect(passed(rates, 10, 0, "a")).toBe(1);
    expect(passed(rates, 10, 0, "b")).toBe(1);
    expect(passed(rates, 10, 0, "c")).toBe(0);
  });

  it("[M3] follow a conversation's own rate instead of the general one", () => {
    const rates = new Rates(defaultPolicy.rates);
    const take = (now: number): number => rates.take(sending("ada", "slow", 2), now);
    expect([take(0), take(0), take(0)]).toEqual([0, 0, 30_000]);
    expect(take(30_000)).toBe(0);
  });

  it("are multiplied for who is of a higher tier, a conversation's own rate too", () => {
    const rates = new Rates(defaultPolicy.rates);
    const burst = (one: Sending): number => {
      let count = 0;
      while (rates.take(one, 0) === 0) count += 1;
      return count;
    };
    expect(burst(sending("ada", "a", undefined, 3))).toBe(30);
    expect(burst(sending("bob", "a", 2, 3))).toBe(6);
    expect(burst(sending("eve", "a", undefined, 0.01))).toBe(1);
    expect(rates.take(sending("ada", "a", undefined, 3), 334)).toBe(0);
  });

  it("keep users apart, however their ids read", () => {
    const rates = new Rates([{ name: "a", scope: "conversation", tokens: 1, perMs: MINUTE_MS, burst: 1 }]);
    expect(rates.take(sending("ada", "1x"), 0)).toBe(0);
    expect(rates.take(sending("ada1", "x"), 0)).toBe(0);
    expect(rates.take(sending("ada", "1x"), 0)).toBe(MINUTE_MS);
  });

  it("[M4] are not fooled by a clock that steps back", () => {
    const rates = new Rates([{ name: "a", scope: "user", tokens: 1, perMs: 1_000, burst: 1 }]);
    expect(rates.take(sending("ada", "a"), 10_000)).toBe(0);
    expect(rates.take(sending("ada", "a"), 0)).toBe(1_000);
    expect(rates.take(sending("ada", "a"), 1_000)).toBe(0);
  });
});
