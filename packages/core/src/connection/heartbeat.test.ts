import { describe, expect, it } from "vitest";
import { type SleepyClock, sleepyClock } from "../../test/connection/harness.ts";
import { type Heartbeat, startHeartbeat } from "./heartbeat.ts";

function setUp(): {
  readonly clock: SleepyClock;
  readonly heartbeat: Heartbeat;
  /** Answers of the pings so far, to be given in any order. */
  readonly answers: (() => void)[];
  readonly silences: () => number;
} {
  const clock = sleepyClock();
  const answers: (() => void)[] = [];
  let silences = 0;
  const heartbeat = startHeartbeat({
    clock,
    ping: () => new Promise((resolve) => void answers.push(resolve)),
    everyMs: () => 30_000,
    probeMs: 5_000,
    onSilent: () => void (silences += 1),
  });
  return { clock, heartbeat, answers, silences: () => silences };
}

describe("a heartbeat", () => {
  it("pings an interval after each answer, and has one timer", async () => {
    const { clock, answers, silences } = setUp();
    await clock.advance(30_000);
    await clock.advance(29_999);
    answers[0]?.();
    await clock.advance(29_999);
    expect([answers.length, clock.timers]).toEqual([1, 1]);
    await clock.advance(1);
    expect([answers.length, silences(), clock.timers]).toEqual([2, 0, 1]);
  });

  it("[C12] calls silence within two intervals of the last sign of life", async () => {
    const { clock, silences } = setUp();
    await clock.advance(59_999);
    expect(silences()).toBe(0);
    await clock.advance(1);
    expect(silences()).toBe(1);
  });

  it("does not take an answer from before the machine slept for one to its probe", async () => {
    const { clock, answers, silences } = setUp();
    await clock.advance(30_000);
    clock.sleep(3_600_000);
    await clock.advance(30_000); // the deadline rings an hour late: a probe
    expect(answers.length).toBe(2);
    answers[0]?.(); // it lay in a buffer
    await clock.advance(4_999);
    expect(silences()).toBe(0);
    await clock.advance(1);
    expect(silences()).toBe(1);
  });

  it("probes once at a time, and trusts a link that has just answered", async () => {
    const { clock, heartbeat, answers } = setUp();
    heartbeat.probe();
    await clock.advance(1_000);
    for (let event = 0; event < 5; event += 1) heartbeat.probe();
    expect(answers.length).toBe(1);
    answers[0]?.();
    await clock.advance(999);
    heartbeat.probe();
    expect(answers.length).toBe(1);
    await clock.advance(1);
    heartbeat.probe();
    expect(answers.length).toBe(2);
  });

  it("shortens its patience when doubt comes while it waits for an answer", async () => {
    const { clock, heartbeat, silences } = setUp();
    await clock.advance(31_000);
    heartbeat.probe();
    await clock.advance(5_000);
    expect(silences()).toBe(1);
  });

  it("leaves nothing behind when it is stopped, whatever arrives later", async () => {
    const { clock, heartbeat, answers, silences } = setUp();
    await clock.advance(30_000);
    heartbeat.stop();
    answers[0]?.();
    await clock.advance(120_000);
    expect([clock.timers, answers.length, silences()]).toEqual([0, 1, 0]);
  });
});
