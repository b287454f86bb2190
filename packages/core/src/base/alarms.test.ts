import { describe, expect, it } from "vitest";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createAlarms } from "./alarms.ts";

describe("alarms", () => {
  it("ring in the order of time, on one timer", async () => {
    const clock = virtualClock();
    const alarms = createAlarms(clock);
    const rung: string[] = [];
    for (const [name, delayMs] of [
      ["c", 300],
      ["a", 100],
      ["b", 200],
    ] as const) {
      alarms.set(name, delayMs, () => void rung.push(`${name} ${clock.now()}`));
    }
    expect(clock.timers).toBe(1);
    await clock.advance(1_000);
    expect(rung).toEqual(["a 100", "b 200", "c 300"]);
    expect(clock.timers).toBe(0);
  });

  it("are moved by setting them again, called off, and asked how long", async () => {
    const clock = virtualClock();
    const alarms = createAlarms(clock);
    const rung: string[] = [];
    alarms.set("moved", 100, () => void rung.push("early"));
    alarms.set("moved", 300, () => void rung.push("late"));
    alarms.set("cancelled", 200, () => void rung.push("never"));
    alarms.cancel("cancelled");
    await clock.advance(250);
    expect([rung, alarms.leftMs("moved"), alarms.leftMs("cancelled")]).toEqual([[], 50, undefined]);
    await clock.advance(50);
    expect(rung).toEqual(["late"]);
  });

  it("may be set and called off by one that rings", async () => {
    const clock = virtualClock();
    const alarms = createAlarms(clock);
    const rung: string[] = [];
    alarms.set("first", 100, () => {
      alarms.cancel("second");
      alarms.set("third", 50, () => void rung.push(`third ${clock.now()}`));
    });
    alarms.set("second", 100, () => void rung.push("second"));
    await clock.advance(1_000);
    expect(rung).toEqual(["third 150"]);
  });

  it("are all gone when cleared, and cannot be set once closed", async () => {
    const clock = virtualClock();
    const alarms = createAlarms(clock);
    alarms.set("a", 100, () => expect.fail());
    alarms.clear();
    expect(clock.timers).toBe(0);
    alarms.close();
    alarms.set("b", 100, () => expect.fail());
    await clock.advance(1_000);
    expect(clock.timers).toBe(0);
  });

  it("ring when the time has passed though the clock was set back meanwhile", async () => {
    const clock = virtualClock(10_000_000);
    let aheadMs = 0;
    const alarms = createAlarms({
      now: () => clock.now() + aheadMs,
      after: (delayMs, task) => clock.after(delayMs, task),
    });
    const rung: number[] = [];
    for (const delayMs of [100, 300]) alarms.set(`${delayMs}`, delayMs, () => rung.push(clock.now()));
    aheadMs = -3_600_000;
    await clock.advance(1_000);
    expect(rung).toEqual([10_000_100, 10_000_300]);
  });

  it("ring no later for one that is set after the clock was set back", async () => {
    const clock = virtualClock(10_000_000);
    let aheadMs = 0;
    const alarms = createAlarms({
      now: () => clock.now() + aheadMs,
      after: (delayMs, task) => clock.after(delayMs, task),
    });
    const rung: string[] = [];
    for (const delayMs of [100, 300]) alarms.set(`${delayMs}`, delayMs, () => rung.push(`${delayMs}`));
    aheadMs = -3_600_000;
    alarms.set("20", 20, () => rung.push("20"));
    await clock.advance(1_000);
    expect(rung).toEqual(["20", "100", "300"]);
  });
});
