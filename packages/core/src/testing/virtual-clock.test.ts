import { describe, expect, it } from "vitest";
import { virtualClock } from "./virtual-clock.ts";

describe("virtualClock", () => {
  it("stands still until it is moved", async () => {
    const clock = virtualClock(100);
    const log: number[] = [];
    clock.after(0, () => log.push(clock.now()));
    await clock.settle();
    expect(clock.now()).toBe(100);
    expect(log).toEqual([]);
  });

  it("runs every timer on the way, each at its own moment, in order of time and then of setting", async () => {
    const clock = virtualClock(0);
    const log: string[] = [];
    const at = (name: string, delayMs: number): void =>
      void clock.after(delayMs, () => log.push(`${name}:${clock.now()}`));
    at("late", 30);
    at("first", 10);
    at("second", 10);
    at("never", 31);
    await clock.advance(30);
    expect(log).toEqual(["first:10", "second:10", "late:30"]);
    expect(clock.now()).toBe(30);
    expect(clock.timers).toBe(1);
  });

  it("runs timers that timers set, when they fall into the same move", async () => {
    const clock = virtualClock(0);
    const log: number[] = [];
    const tick = (): void => {
      log.push(clock.now());
      clock.after(10, tick);
    };
    clock.after(10, tick);
    await clock.advance(35);
    expect(log).toEqual([10, 20, 30]);
  });

  it("lets promises settle between timers", async () => {
    const clock = virtualClock(0);
    const log: string[] = [];
    const wait = (delayMs: number): Promise<void> =>
      new Promise((resolve) => void clock.after(delayMs, resolve));
    const work = async (): Promise<void> => {
      await wait(10);
      log.push(`awaited ${clock.now()}`);
      await wait(10);
      log.push(`awaited ${clock.now()}`);
    };
    const done = work();
    clock.after(15, () => log.push("between"));
    await clock.advance(20);
    await done;
    expect(log).toEqual(["awaited 10", "between", "awaited 20"]);
  });

  it("calls timers off, and counts those that wait", async () => {
    const clock = virtualClock(0);
    const log: string[] = [];
    const cancel = clock.after(5, () => log.push("cancelled"));
    clock.after(5, () => log.push("kept"));
    expect(clock.timers).toBe(2);
    cancel();
    cancel();
    expect(clock.timers).toBe(1);
    await clock.advance(5);
    expect(log).toEqual(["kept"]);
    expect(clock.timers).toBe(0);
  });

  it("can step back, as a clock that is set by hand does, without running anything early", async () => {
    const clock = virtualClock(1_000);
    const log: number[] = [];
    clock.after(10, () => log.push(clock.now()));
    await clock.advance(-500);
    expect(clock.now()).toBe(500);
    await clock.advance(509);
    expect(log).toEqual([]);
    await clock.advance(1);
    expect(log).toEqual([1_010]);
  });
});
