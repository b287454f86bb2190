import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { type BreakerEvent, type BreakerState, closed, nextBreakerState } from "./breaker-machine.ts";
import { type CircuitBreaker, createCircuitBreaker } from "./breaker.ts";

const policy = { mostFailures: 3, baseMs: 1_000, maxMs: 4_000 };
const failing = (nowMs: number, chance = 1): BreakerEvent => ({ type: "failed", nowMs, chance });
const after = (...events: readonly BreakerEvent[]): BreakerState =>
  events.reduce((state, event) => nextBreakerState(state, event, policy), closed);

describe("the circuit breaker's machine", () => {
  it("opens after so many failures in a row, and a success forgets those before it", () => {
    expect(after(failing(0), failing(0))).toEqual({ name: "closed", failures: 2 });
    expect(after(failing(0), failing(0), { type: "worked" }, failing(0))).toEqual({
      name: "closed",
      failures: 1,
    });
    expect(after(failing(0), failing(0), failing(10))).toEqual({ name: "open", failures: 3, dueMs: 1_010 });
  });

  it("[D9] lets one probe go when it is due, and opens for longer, up to a bound, when that fails", () => {
    let state = after(failing(0), failing(0), failing(0));
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      if (state.name !== "open") throw new Error("it should be open");
      const { dueMs } = state;
      expect(nextBreakerState(state, { type: "asked", nowMs: dueMs - 1 }, policy)).toBe(state);
      const probing = nextBreakerState(state, { type: "asked", nowMs: dueMs }, policy);
      expect(probing.name).toBe("probing");
      state = nextBreakerState(probing, failing(dueMs), policy);
      if (state.name === "open") waits.push(state.dueMs - dueMs);
    }
    expect(waits).toEqual([2_000, 4_000, 4_000, 4_000]);
  });

  it("leaves half of the wait to chance", () => {
    const due = [0, 0.5].map((chance) => after(failing(0), failing(0), failing(0, chance)));
    expect(due).toMatchObject([{ dueMs: 500 }, { dueMs: 750 }]);
  });

  it("closes on a success from everywhere, and gives the turn of a probe that was called off to the next", () => {
    const open = after(failing(0), failing(0), failing(0));
    const probing = nextBreakerState(open, { type: "asked", nowMs: 1_000 }, policy);
    for (const state of [open, probing])
      expect(nextBreakerState(state, { type: "worked" }, policy)).toBe(closed);
    const again = nextBreakerState(probing, { type: "abandoned", nowMs: 5 }, policy);
    expect(again).toEqual({ name: "open", failures: 3, dueMs: 5 });
    expect(nextBreakerState(open, { type: "abandoned", nowMs: 5 }, policy)).toBe(open);
    expect(nextBreakerState(open, failing(7), policy)).toBe(open);
  });
});

describe("a circuit breaker", () => {
  const clock = virtualClock();
  const random = { next: () => 0.999_999, fill: (bytes: Uint8Array<ArrayBuffer>) => bytes };
  const create = (): CircuitBreaker => createCircuitBreaker({ ...policy, clock, random });
  const fail = (): Promise<never> => Promise.reject(new Error("broken"));

  it("[D9] makes no call while it is open, and says when it will", async () => {
    const breaker = create();
    for (let count = 0; count < 3; count += 1) await expect(breaker.run(fail)).rejects.toThrow("broken");
    let calls = 0;
    const call = async (): Promise<number> => (calls += 1);
    await expect(breaker.run(call)).rejects.toMatchObject({ code: "connection/failed", retryAfterMs: 1_000 });
    await clock.advance(1_000);
    expect(await breaker.run(call)).toBe(1);
    expect(breaker.state.get()).toBe(closed);
  });

  it("lets one probe go at a time", async () => {
    const breaker = create();
    for (let count = 0; count < 3; count += 1) await breaker.run(fail).catch(() => {});
    await clock.advance(1_000);
    let finish = (): void => {};
    const probe = breaker.run(() => new Promise<void>((resolve) => (finish = resolve)));
    await expect(breaker.run(fail)).rejects.toMatchObject({ code: "connection/failed" });
    finish();
    await probe;
    expect(await breaker.run(async () => "through")).toBe("through");
  });

  it("is told what speaks against the service, and what says nothing", async () => {
    const breaker = create();
    for (let count = 0; count < 9; count += 1) {
      await breaker.run(fail, () => false).catch(() => {});
      await breaker.run(fail, () => undefined).catch(() => {});
    }
    expect(breaker.state.get()).toBe(closed);
  });

  it("[D10] tells its listeners of each change, and none of them harms another", async () => {
    const breaker = create();
    const names: string[] = [];
    breaker.state.subscribe(() => {
      throw new Error("of the app");
    });
    const end = breaker.state.subscribe(({ name }) => names.push(name));
    for (let count = 0; count < 3; count += 1) await breaker.run(fail).catch(() => {});
    await clock.advance(1_000);
    await breaker.run(async () => {});
    expect(names).toEqual(["closed", "closed", "open", "probing", "closed"]);
    end();
    await breaker.run(fail).catch(() => {});
    expect(names).toHaveLength(5);
  });
});
