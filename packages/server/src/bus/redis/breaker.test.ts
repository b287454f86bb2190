import { describe, expect, it } from "vitest";
import { type BreakerEvent, type BreakerState, closed, nextBreakerState } from "./breaker.ts";

const failed = (nowMs: number): BreakerEvent => ({ type: "failed", nowMs });
const answered = (nowMs: number): BreakerEvent => ({ type: "answered", nowMs });
const passed = (nowMs: number, isConnected = true): BreakerEvent => ({ type: "passed", nowMs, isConnected });
const after = (...events: readonly BreakerEvent[]): BreakerState => events.reduce(nextBreakerState, closed);

describe("the breaker of Redis", () => {
  it("opens with the first question that has no answer in time (law 1)", () => {
    expect(after(failed(5))).toEqual({ name: "open", failures: 1, dueMs: 1_005 });
  });

  it("probes once it is due and there is a connection, and only once at a time (laws 2 and 3)", () => {
    const open = after(failed(0));
    expect(nextBreakerState(open, passed(999))).toBe(open);
    expect(nextBreakerState(open, passed(1_000, false))).toBe(open);
    const probing = nextBreakerState(open, passed(9_000));
    expect(probing).toEqual({ name: "probing", failures: 1 });
    expect(nextBreakerState(probing, passed(99_000))).toBe(probing);
    expect(nextBreakerState(probing, answered(9_001))).toMatchObject({ name: "closed", sinceMs: 9_001 });
  });

  it("[D9] makes each pause longer while it fails soon after, up to half a minute (law 4)", () => {
    const pauses: number[] = [];
    let state: BreakerState = closed;
    for (let round = 0, now = 0; round < 7; round += 1) {
      state = nextBreakerState(state, failed(now));
      if (state.name !== "open") throw new Error("it should be open");
      pauses.push(state.dueMs - now);
      now = state.dueMs;
      state = nextBreakerState(state, passed(now));
      // A probe that fails, and a question soon after one that was answered: both are the next failure.
      if (round % 2 === 0) state = nextBreakerState(state, answered(now));
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it("begins anew once it was closed for a minute (law 4)", () => {
    const again = [failed(0), passed(1_000), answered(1_000)];
    expect(after(...again, failed(60_999))).toMatchObject({ failures: 2 });
    expect(after(...again, failed(61_000))).toMatchObject({ failures: 1, dueMs: 62_000 });
  });

  it("takes no notice of what does not concern it (law 5)", () => {
    const open = after(failed(0));
    expect(nextBreakerState(open, failed(5))).toBe(open);
    expect(nextBreakerState(open, answered(5))).toBe(open);
    expect(nextBreakerState(closed, answered(5))).toBe(closed);
    expect(nextBreakerState(closed, passed(5))).toBe(closed);
  });
});
