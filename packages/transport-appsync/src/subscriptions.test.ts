import type { MessagingError } from "@tidings/core/errors";
import { seededRandom, virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { createSubscriptions, type Subscriptions } from "./subscriptions.ts";
import type { WireHandler } from "./wire.ts";

/** A WebSocket's end at which the test sits. */
interface Line {
  readonly handler: WireHandler;
  /** Bodies by id, as they were started and not stopped. */
  readonly started: Map<string, string>;
  readonly stopped: string[];
  isClosed: boolean;
  isSilent: boolean;
  /** Acknowledges everything that was started. */
  acknowledge(): void;
  refuse(id: string | undefined, errorType: string): void;
}

interface Bench {
  readonly lines: Line[];
  readonly subscriptions: Subscriptions;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly heard: unknown[];
  readonly ended: (string | undefined)[];
  readonly lost: string[];
  settlements: number;
  add(body: string): () => void;
  /** The line of that number. */
  line(index: number): Line;
}

function setUp(most = 100): Bench {
  const clock = virtualClock();
  const lines: Line[] = [];
  const open = (handler: WireHandler) => {
    const [started, stopped] = [new Map<string, string>(), [] as string[]];
    const answered = new Set<string>();
    const line: Line = {
      ...{ handler, started, stopped, isClosed: false, isSilent: false },
      acknowledge() {
        for (const id of [...started.keys()]) {
          if (answered.has(id)) continue;
          answered.add(id);
          handler.heard({ type: "started", id, data: undefined });
        }
      },
      refuse: (id, errorType) =>
        handler.heard({ type: "refused", id, faults: [{ errorType, message: "no" }] }),
    };
    lines.push(line);
    return {
      silentMs: () => (line.isSilent ? 1 : -1),
      start: (id: string, body: string) => void started.set(id, body),
      stop(id: string) {
        stopped.push(started.get(id) ?? "");
        started.delete(id);
      },
      close: () => void (line.isClosed = true),
    };
  };
  const bench: Omit<Bench, "subscriptions" | "add"> = {
    ...{ lines, clock, heard: [], ended: [], lost: [], settlements: 0 },
    line(index) {
      const found = lines[index];
      if (!found) throw new RangeError(`there is no line ${index}`);
      return found;
    },
  };
  const subscriptions = createSubscriptions({
    ...{ open, clock, random: seededRandom(1), subscriptionsPerSocket: most, socketLifeMs: 1_000_000 },
    onLost: ({ code }: MessagingError) => void bench.lost.push(code),
    onSettled: () => void (bench.settlements += 1),
  });
  const add = (body: string): (() => void) =>
    subscriptions.add({
      body,
      receive: (data) => void bench.heard.push([body, data]),
      ended: (why) => void bench.ended.push(`${body} ${why?.code}`),
    });
  return Object.assign(bench, { subscriptions, add });
}

const bodies = (line: Line): string[] => [...line.started.values()];
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`);

describe("subscriptions", () => {
  it("wait for the WebSocket, and then are started, 20 at a time", () => {
    const { add, lines, line } = setUp();
    many(45).forEach(add);
    expect([lines.length, line(0).started.size]).toEqual([1, 0]);
    line(0).handler.ready();
    expect(line(0).started.size).toBe(20);
    line(0).acknowledge();
    expect(line(0).started.size).toBe(40);
    line(0).acknowledge();
    expect(bodies(line(0))).toEqual(many(45));
  });

  it("are settled once all have an answer, and say so once", async () => {
    const bench = setUp();
    const { add, line, subscriptions } = bench;
    many(3).forEach(add);
    let isSettled = false;
    const settled = subscriptions.settled().then(() => (isSettled = true));
    line(0).handler.ready();
    await Promise.resolve();
    expect([isSettled, bench.settlements]).toEqual([false, 0]);
    line(0).acknowledge();
    await settled;
    expect(bench.settlements).toBe(1);
  });

  it("tell what comes to whom it belongs, and nobody what belongs to nobody", () => {
    const { add, line, heard } = setUp();
    ["a", "b"].forEach(add);
    line(0).handler.ready();
    line(0).acknowledge();
    line(0).handler.heard({ type: "data", id: "2", data: "for b" });
    line(0).handler.heard({ type: "data", id: "9", data: "for nobody" });
    expect(heard).toEqual([["b", "for b"]]);
  });

  it("may be stopped before they are started, before they are answered, and later", () => {
    const { add, line, heard, subscriptions } = setUp();
    const [first, second, third] = ["a", "b", "c"].map(add);
    first?.();
    line(0).handler.ready();
    expect(bodies(line(0))).toEqual(["b", "c"]);
    second?.();
    line(0).acknowledge();
    third?.();
    third?.();
    line(0).handler.heard({ type: "data", id: "1", data: "too late" });
    expect([bodies(line(0)), line(0).stopped, heard]).toEqual([[], ["b", "c"], []]);
    return subscriptions.settled();
  });

  it("go to another WebSocket where one is full, and to no more than 16", () => {
    const { add, lines, line, ended } = setUp(2);
    many(33).forEach(add);
    for (let index = 0; index < 16; index += 1) {
      line(index).handler.ready();
      line(index).acknowledge();
    }
    expect(lines.map(({ started }) => started.size)).toEqual(Array(16).fill(2));
    expect(ended).toEqual(["s32 protocol/busy"]);
  });

  it("go elsewhere when AppSync takes fewer than it is thought to", () => {
    const { add, lines, line, ended } = setUp();
    many(3).forEach(add);
    line(0).handler.ready();
    line(0).handler.heard({ type: "started", id: "1", data: undefined });
    line(0).refuse("2", "MaxSubscriptionsReachedError");
    line(0).refuse("3", "MaxSubscriptionsReachedError");
    line(1).handler.ready();
    expect([lines.length, bodies(line(0)), bodies(line(1)), ended]).toEqual([2, ["s0"], ["s1", "s2"], []]);
  });

  it("[D9] pause when it is too much at once, though nobody says for whom, and then go on more slowly", async () => {
    const { add, line, clock, lost } = setUp();
    many(30).forEach(add);
    line(0).handler.ready();
    for (let times = 0; times < 20; times += 1) line(0).refuse(undefined, "LimitExceededError");
    expect(line(0).started.size).toBe(0);
    await clock.advance(500);
    expect(line(0).started.size).toBe(10);
    line(0).acknowledge();
    expect([line(0).started.size, lost]).toEqual([30, []]);
  });

  it("are refused alone: the others go on", () => {
    const { add, line, ended, lost } = setUp();
    many(3).forEach(add);
    line(0).handler.ready();
    line(0).refuse("2", "Unauthorized");
    line(0).acknowledge();
    expect([bodies(line(0)), ended, lost]).toEqual([["s0", "s2"], ["s1 permission/denied"], []]);
  });

  it("get another id where theirs is taken", () => {
    const { add, line, ended } = setUp();
    add("a");
    line(0).handler.ready();
    line(0).refuse("1", "DuplicatedOperationError");
    expect([[...line(0).started], ended]).toEqual([[["2", "a"]], []]);
  });

  it.each([
    ["a token that has expired", "1", "TokenExpired", "auth/expired"],
    ["a token that is none", "1", "UnauthorizedException", "auth/invalid"],
    ["what nobody understands, and is about nobody", undefined, "Strange", "client/unknown"],
  ])("end with the link for %s", (_name, id, errorType, code) => {
    const { add, line, lost } = setUp();
    add("a");
    line(0).handler.ready();
    line(0).refuse(id, errorType);
    expect(lost).toEqual([code]);
  });

  it("are ended by AppSync, each alone", () => {
    const { add, line, ended } = setUp();
    many(2).forEach(add);
    line(0).handler.ready();
    line(0).acknowledge();
    line(0).handler.heard({ type: "complete", id: "1", data: undefined });
    line(0).handler.heard({ type: "complete", id: "1", data: undefined });
    expect(ended).toEqual(["s0 undefined"]);
  });

  it("[D4] are heard on the old WebSocket until all have begun on the new", async () => {
    const bench = setUp();
    const { add, line, clock, heard, lines, lost } = bench;
    many(2).forEach(add);
    line(0).handler.ready();
    line(0).acknowledge();
    await clock.advance(1_000_000);
    line(1).handler.ready();
    line(0).handler.heard({ type: "data", id: "1", data: "meanwhile" });
    expect([heard, line(0).isClosed, bodies(line(1))]).toEqual([[["s0", "meanwhile"]], false, many(2)]);
    line(1).acknowledge();
    expect([line(0).isClosed, lines.length, bench.settlements, lost]).toEqual([true, 2, 2, []]);
  });

  it("are silent where a WebSocket is that is still in use", () => {
    const { add, line, subscriptions } = setUp();
    add("a");
    expect(subscriptions.isSilent()).toBe(false);
    line(0).isSilent = true;
    expect(subscriptions.isSilent()).toBe(true);
  });

  it("leave nothing behind", async () => {
    const { add, line, subscriptions, clock } = setUp();
    add("a");
    line(0).handler.ready();
    line(0).refuse(undefined, "LimitExceededError");
    subscriptions.close();
    expect([line(0).isClosed, clock.timers]).toEqual([true, 0]);
  });
});
