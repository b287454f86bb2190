import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "./clock.ts";

// What is tested is the use of the platform's own timers, so here, and only here, they are replaced.
describe("systemClock", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
  afterEach(() => void vi.useRealTimers());

  it("tells the time of the machine", () => {
    expect(systemClock.now()).toBe(1_000);
    vi.setSystemTime(5_000);
    expect(systemClock.now()).toBe(5_000);
  });

  it("runs a task once, after its delay and never at once", () => {
    const task = vi.fn<() => void>();
    systemClock.after(0, task);
    systemClock.after(10, task);
    expect(task).not.toHaveBeenCalled();
    vi.advanceTimersByTime(9);
    expect(task).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(task).toHaveBeenCalledTimes(2);
  });

  it("takes a negative delay for none", () => {
    const task = vi.fn<() => void>();
    systemClock.after(-5, task);
    vi.advanceTimersByTime(1);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it("calls a task off, also twice and also too late", () => {
    const task = vi.fn<() => void>();
    const cancel = systemClock.after(10, task);
    cancel();
    cancel();
    vi.advanceTimersByTime(20);
    expect(task).not.toHaveBeenCalled();
    systemClock.after(10, task);
    vi.advanceTimersByTime(20);
    cancel();
    expect(task).toHaveBeenCalledTimes(1);
  });

  it("does not run at once what is too far off for a timer of 32 bits", () => {
    const task = vi.fn<() => void>();
    systemClock.after(2 ** 31, task);
    vi.advanceTimersByTime(24 * 60 * 60 * 1_000);
    expect(task).not.toHaveBeenCalled();
  });
});

describe("systemClock in Node", () => {
  it("keeps no process alive", () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const cancel = systemClock.after(60_000, () => {});
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBe(before);
    cancel();
  });
});
