import { describe, expect, it } from "vitest";
import { MOST_NAMED, type NodeView, type PresenceEvent } from "../bus.ts";
import { answersOf, RollCall } from "./roll-call.ts";

const ids = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `c${from + index}`);

function node(watched: readonly string[], present: Readonly<Record<string, number>> = {}): NodeView {
  return {
    looking: () => [],
    isWatched: (conversationId) => watched.includes(conversationId),
    watched: () => watched,
    signals: (conversationId) =>
      Array.from({ length: present[conversationId] ?? 0 }, (_, index): PresenceEvent => ({
        ...{ type: "presence", userId: `u${index}`, status: "online", conversationIds: [conversationId] },
      })),
  };
}

describe("a call of the roll", () => {
  it("asks nobody while nothing is lost, one node of which something is, and all of several", () => {
    const roll = new RollCall(node(ids(2)));
    expect(roll.next(0)).toEqual([]);
    roll.suspect("a");
    expect(roll.next(0)).toEqual([{ n: 1, to: "a", conversationIds: ["c0", "c1"] }]);
    expect(roll.next(0)).toEqual([]);
    roll.suspect("a");
    roll.suspect("b");
    expect(roll.next(0)).toEqual([{ n: 2, conversationIds: ["c0", "c1"] }]);
  });

  it("asks all once this node hears again, and says so even if nobody looks at anything", () => {
    const roll = new RollCall(node([]));
    roll.back();
    expect(roll.next(0)).toEqual([{ n: 1, isBack: true, conversationIds: [] }]);
  });

  it("comes again for whoever may not have heard it", () => {
    const roll = new RollCall(node(["c"]));
    roll.heardBack("b", 0);
    expect(roll.next(0)).toEqual([]); // nothing was called that it could have missed
    roll.back();
    expect(roll.next(1_000)).toHaveLength(2);
    roll.heardBack("b", 3_000);
    expect(roll.next(3_000)).toMatchObject([{ to: "b", conversationIds: ["c"] }]);
    roll.heardBack("b", 60_000);
    expect(roll.next(60_000)).toEqual([]);
  });

  it("[D9] goes on a bounded number at a time, and all have their turn however often something is lost", () => {
    const roll = new RollCall(node(ids(2_500)));
    const called = new Set<string>();
    for (let second = 0; second < 3; second += 1) {
      roll.suspect("a");
      const calls = roll.next(second);
      expect(calls.length).toBeLessThanOrEqual(5);
      for (const { conversationIds } of calls) for (const id of conversationIds) called.add(id);
    }
    expect(called.size).toBe(2_500);
  });

  it("is answered in parts: all who are there, and of a crowd that not all are named", () => {
    const called = ids(4);
    const crowd = { c1: MOST_NAMED, c3: 2 };
    const [first, second, ...more] = answersOf(node([], crowd), called);
    expect(first).toMatchObject({ begin: 0, end: 2, crowded: ["c1"] });
    expect(second).toMatchObject({ begin: 2, end: 4, crowded: [] });
    expect([first?.signals.length, second?.signals.length, more]).toEqual([MOST_NAMED, 2, []]);
    const roll = new RollCall(node(called));
    roll.suspect("a");
    const [{ n } = { n: 0 }] = roll.next(0);
    if (!first || !second) throw new Error("no answer");
    expect([roll.answered(n, first), roll.answered(n, second)]).toEqual([["c0"], ["c2", "c3"]]);
    expect(roll.answered(n + 1, second)).toEqual([]);
  });
});
