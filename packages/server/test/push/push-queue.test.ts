import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it, vi } from "vitest";
import type { PushMessage, PushOutcome } from "../../src/push/provider.ts";
import { PushQueue, type Renew } from "../../src/push/push-queue.ts";
import type { PushTarget } from "../../src/store/push.ts";
import { engineClock } from "../support/engine-bench.ts";

const push = (deviceId: string, seq: number, topic = "t", userId = "ada"): PushMessage => ({
  target: { userId, deviceId, endpoint: "https://push.example/1", p256dh: "", auth: "", at: 1 },
  payload: { version: 1, conversationId: "a", messageId: "m", seq, count: 1, sound: true, badge: 1 },
  ...{ topic, urgency: "normal", ttlMs: 3_600_000 },
});

/** A queue whose provider answers as it is told, and takes its time if it is told nothing. */
function queue(...script: readonly (PushOutcome | Error)[]) {
  const clock = virtualClock(1_000_000);
  const answers = [...script];
  const addresses: string[] = [];
  const sent: (readonly [deviceId: string, seq: number, at: number])[] = [];
  const outcomes: string[] = [];
  const failures: unknown[] = [];
  /** Devices that are another's by now, or have another address. */
  const moved = new Map<string, PushTarget | undefined>();
  const held: ((outcome: PushOutcome) => void)[] = [];
  const made = new PushQueue({
    provider: {
      ...{ publicKey: "", accepts: () => true },
      push({ target, payload }) {
        addresses.push(target.endpoint);
        sent.push([target.deviceId, payload.seq, clock.now() - 1_000_000]);
        const answer = answers.shift();
        if (answer instanceof Error) return Promise.reject(answer);
        return answer ? Promise.resolve(answer) : new Promise((resolve) => held.push(resolve));
      },
    },
    ...{ clock: engineClock(clock), random: () => 1 },
    current: async (target) => (moved.has(target.deviceId) ? moved.get(target.deviceId) : target),
    onOutcome: (kind, { payload }) => outcomes.push(`${kind} ${payload.seq}`),
    onFailure: (error) => failures.push(error),
  });
  return { made, clock, sent, outcomes, failures, held, moved, addresses };
}

/** How many entries of maps and sets are looked at meanwhile. */
function walkedBy(work: () => void): number {
  let walked = 0;
  function* counted<Entry>(entries: Iterable<Entry>): Generator<Entry, undefined> {
    for (const entry of entries) {
      walked += 1;
      yield entry;
    }
    return undefined;
  }
  const spies = [
    vi.spyOn(Map.prototype, Symbol.iterator).mockImplementation(function (this: Map<unknown, unknown>) {
      return counted(this.entries());
    }),
    vi.spyOn(Set.prototype, Symbol.iterator).mockImplementation(function (this: Set<unknown>) {
      return counted(this.values());
    }),
  ];
  try {
    work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return walked;
}

describe("pushes", () => {
  it("go out at once, and again after ever longer waits while the service cannot take them", async () => {
    const later: PushOutcome = { kind: "later" };
    const { made, clock, sent, outcomes } = queue(later, later, new Error("broken"), { kind: "sent" });
    made.add(push("phone", 1));
    await clock.advance(60_000);
    expect(outcomes).toEqual(["later 1", "later 1", "later 1", "sent 1"]);
    const times = sent.map(([, , at]) => at);
    expect(times[0]).toBe(0);
    expect(times.slice(1).map((at, index) => at - (times[index] ?? 0))).toEqual([2_000, 4_000, 8_000]);
    expect(made.isIdle).toBe(true);
  });

  it("are not tried again once nobody is to be told any more, and are where nobody can say (row F12)", async () => {
    const later: PushOutcome = { kind: "later" };
    const { made, clock, outcomes, failures } = queue(later, later, { kind: "sent" });
    const answers = [new Error("the store is away"), push("phone", 2).payload, undefined];
    const ended: boolean[] = [];
    const renew: Renew = async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    made.add(push("phone", 1), (isOver) => ended.push(isOver), renew);
    await clock.advance(60_000);
    expect(outcomes).toEqual(["later 1", "later 1", "later 2", "dropped 2"]);
    expect([ended, answers, failures.length]).toEqual([[true], [], 1]);
    expect(made.isIdle).toBe(true);
  });

  it("that have waited go to no device that is another's by then, and where it is reached by then (row F12)", async () => {
    const later: PushOutcome = { kind: "later", afterMs: 60_000 };
    const { made, clock, outcomes, held, moved, addresses } = queue(later, later);
    const ended: boolean[] = [];
    made.add(push("left", 1), (isOver) => ended.push(isOver));
    made.add(push("renewed", 2, "t", "bob"));
    for (const seq of [3, 4, 5]) made.add(push(`busy-${seq}`, seq, "t", "cyd"));
    await clock.advance(30_000);
    expect(outcomes).toEqual(["later 1", "later 2"]);
    moved.set("left", undefined);
    moved.set("busy-5", undefined);
    moved.set("renewed", { ...push("renewed", 2, "t", "bob").target, endpoint: "https://push.example/2" });
    addresses.length = 0;
    held[0]?.({ kind: "sent" }); // so that the third of Cyd's has its turn, whom two held up
    await clock.advance(60_000);
    expect(outcomes.slice(2)).toEqual(["sent 3", "dropped 5", "dropped 1"]);
    expect([ended, addresses]).toEqual([[true], ["https://push.example/2"]]);
  });

  it("wait as long as the service says", async () => {
    const { made, clock, sent } = queue({ kind: "later", afterMs: 120_000 }, { kind: "sent" });
    made.add(push("phone", 1));
    await clock.advance(119_000);
    expect(sent).toHaveLength(1);
    await clock.advance(2_000);
    expect(sent).toHaveLength(2);
  });

  it("[D9] are given up after some attempts, or when nobody wants to know any more", async () => {
    const forever = Array.from({ length: 50 }, (): PushOutcome => ({ kind: "later" }));
    const { made, clock, sent, outcomes } = queue(...forever);
    made.add(push("phone", 1));
    await clock.advance(3_600_000);
    expect([sent.length, outcomes.at(-1)]).toEqual([6, "dropped 1"]);
    made.add({ ...push("phone", 2), ttlMs: 1_000 });
    await clock.advance(60_000);
    expect([sent.length, outcomes.at(-1)]).toEqual([7, "dropped 2"]);
    expect(made.isIdle).toBe(true);
  });

  it("of one topic replace one another while they wait, and never overtake each other", async () => {
    const { made, clock, sent, outcomes, held } = queue();
    made.add(push("phone", 1));
    made.add(push("phone", 2));
    made.add(push("phone", 3));
    made.add(push("desk", 3, "t", "bob"));
    made.add(push("phone", 9, "other"));
    await clock.advance(1_000);
    expect(sent.map(([device, seq]) => [device, seq])).toEqual([
      ["phone", 1],
      ["desk", 3],
      ["phone", 9],
    ]);
    held[0]?.({ kind: "later" }); // its like has come meanwhile, so it is not tried again
    await clock.advance(1_000);
    expect(sent.at(-1)?.slice(0, 2)).toEqual(["phone", 3]);
    for (const settle of held) settle({ kind: "sent" });
    await clock.advance(60_000);
    expect(sent).toHaveLength(4);
    expect(outcomes.filter((outcome) => outcome.endsWith(" 2"))).toEqual([]);
  });

  it("tell of what was refused or is gone, and are not tried again", async () => {
    const { made, clock, sent, outcomes, failures } = queue(
      { kind: "refused", reason: "status 400" },
      { kind: "gone" },
    );
    made.add(push("phone", 1));
    made.add(push("desk", 2));
    await clock.advance(600_000);
    expect([sent.length, outcomes, failures.length]).toEqual([2, ["refused 1", "gone 2"], 1]);
  });

  it("[D9] of one person do not hold up those of others, whatever becomes of them", async () => {
    const { made, clock, sent, held } = queue();
    for (let n = 0; n < 20; n += 1) made.add(push(`silent-${n}`, n));
    made.add(push("phone", 100, "t", "bob"));
    await clock.advance(1_000);
    expect(sent.map(([device]) => device)).toEqual(["silent-0", "silent-1", "phone"]);
    held[0]?.({ kind: "later" });
    await clock.advance(0);
    expect(sent.slice(3).map(([device]) => device)).toEqual(["silent-2"]);
    held[2]?.({ kind: "sent" });
    made.add(push("phone", 101, "t", "bob"));
    await clock.advance(0);
    expect(sent.at(-1)?.slice(0, 2)).toEqual(["phone", 101]);
  });

  it("[D9] cost the same to add, however many wait to be tried again", async () => {
    const later = Array.from({ length: 3_000 }, (): PushOutcome => ({ kind: "later", afterMs: 600_000 }));
    const { made, clock, sent } = queue(...later);
    for (let n = 0; n < 3_000; n += 1) made.add(push("phone", n, "t", `user-${n}`));
    await clock.advance(1_000);
    expect(sent).toHaveLength(3_000);
    expect(walkedBy(() => made.add(push("phone", 1, "t", "new")))).toBeLessThan(100);
  });

  it("[D9] are under way some at once, and wait in bounds: those that waited longest are dropped", async () => {
    const { made, clock, sent, outcomes, held } = queue();
    for (let n = 0; n < 10_020; n += 1) made.add(push("phone", n, "t", `user-${n}`));
    await clock.advance(1_000);
    expect(sent).toHaveLength(16);
    expect(outcomes).toEqual([16, 17, 18, 19].map((n) => `dropped ${n}`));
    held[0]?.({ kind: "sent" });
    await clock.advance(0);
    expect(sent.at(-1)?.[1]).toBe(20);
    made.stop();
    expect(outcomes.filter((outcome) => outcome.startsWith("dropped"))).toHaveLength(4 + 9_999);
  });

  it("say once whether they are over: not of what was replaced, dropped or left when it stops", async () => {
    const ends: string[] = [];
    const end = (name: string) => (isOver: boolean) => ends.push(`${name} ${isOver}`);
    const { made, clock, held } = queue({ kind: "sent" }, { kind: "gone" }, { kind: "refused", reason: "" });
    for (const name of ["sent", "gone", "refused"]) made.add(push(name, 1), end(name));
    await clock.advance(1);
    expect(ends.splice(0)).toEqual(["sent true", "gone true", "refused true"]);
    made.add(push("phone", 1), end("replaced under way"));
    made.add(push("phone", 2), end("replaced"));
    made.add(push("phone", 3), end("last"));
    held.shift()?.({ kind: "later" });
    await clock.advance(1);
    expect(ends.splice(0)).toEqual(["replaced false", "replaced under way false"]);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      expect(ends).toEqual([]);
      held.shift()?.({ kind: "later" });
      await clock.advance(300_000);
    }
    expect(ends.splice(0)).toEqual(["last true"]);
    made.add(push("phone", 4), end("left"));
    held.shift()?.({ kind: "later" });
    await clock.advance(1);
    made.add(push("desk", 5), end("under way"));
    made.stop();
    held.shift()?.({ kind: "later" });
    await clock.advance(1);
    expect(ends).toEqual(["left false", "under way false"]);
    expect(made.isIdle).toBe(true); // it is not tried again
  });
});
