import { describe, expect, it } from "vitest";
import { steadyNow, systemClock, toSystemTime } from "./system-clock.ts";

/** A machine whose clock can be set. */
function machine() {
  let passedMs = 0;
  let setByMs = 1_000_000;
  const now = steadyNow(
    () => passedMs + setByMs,
    () => passedMs,
  );
  return {
    now,
    pass: (ms: number): number => {
      passedMs += ms;
      return now();
    },
    set: (byMs: number) => void (setByMs += byMs),
  };
}

describe("the server's time", () => {
  it("is the machine's", () => {
    const { now, pass } = machine();
    expect([now(), pass(10), pass(5_000)]).toEqual([1_000_000, 1_000_010, 1_005_010]);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(50);
  });

  it("goes on, a little slower, when the machine's clock is set back", () => {
    const { now, pass, set } = machine();
    set(-3_600_000);
    expect(now()).toBe(1_000_000);
    expect(pass(6_000)).toBe(1_005_940); // typing that lasts six seconds lasts no more than a moment longer
    for (let hour = 0; hour < 99; hour += 1) pass(3_600_000);
    expect(pass(4_000_000)).toBe(1_000_000 + 99 * 3_600_000 + 4_006_000 - 3_600_000);
  });

  it("follows when the machine's clock is set forward", () => {
    const { pass, set } = machine();
    set(60_000);
    expect(pass(1)).toBe(1_060_001);
  });

  it("keeps the life of a token that is measured by the machine's clock", () => {
    expect(Math.abs(toSystemTime(Date.now() + 60_000) - systemClock.now() - 60_000)).toBeLessThan(50);
  });
});
