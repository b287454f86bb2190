import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, comeBack, depart, emptyLane, type Lane, next, settle } from "./lane.ts";

const WINDOW = 3;

/** Departs everybody who may. */
function fill(lane: Lane): { lane: Lane; departed: string[] } {
  const departed: string[] = [];
  for (let id = next(lane, WINDOW); id; id = next(lane, WINDOW)) {
    lane = depart(lane, id);
    departed.push(id);
  }
  return { lane, departed };
}

function laneOf(...ids: string[]): Lane {
  return ids.reduce(add, emptyLane);
}

describe("lane", () => {
  it("[D7, O2] departs in the order of adding, at most a window at once (laws 1, 2)", () => {
    expect(fill(laneOf("a", "b", "c", "d")).departed).toEqual(["a", "b", "c"]);
  });

  it("[D7, O3] sends nobody while others are still out after one came back (law 3)", () => {
    let { lane } = fill(laneOf("a", "b", "c", "d"));
    lane = comeBack(lane, "a");
    expect(next(lane, WINDOW)).toBeUndefined();
    lane = comeBack(comeBack(lane, "b"), "c");
    expect(fill(lane).departed).toEqual(["a", "b", "c"]);
  });

  it("[D7, O3] goes on with those that were accepted meanwhile left out (law 3)", () => {
    let { lane } = fill(laneOf("a", "b", "c"));
    lane = settle(comeBack(lane, "a"), "b");
    lane = comeBack(lane, "c");
    expect(fill(lane).departed).toEqual(["a", "c"]);
  });

  it("[D2, O7] lets a waiting command go when a push has confirmed it (law 4)", () => {
    let { lane } = fill(laneOf("a", "b"));
    lane = settle(comeBack(comeBack(lane, "a"), "b"), "a");
    expect(fill(lane).departed).toEqual(["b"]);
  });

  it("ignores what does not fly, and who is already in", () => {
    const lane = laneOf("a", "b");
    expect(comeBack(lane, "a")).toBe(lane);
    expect(add(lane, "a")).toBe(lane);
  });

  it("[D7, O3] delivers all in order whatever the answers, as long as the backend takes them in order", () => {
    const answers = fc.array(fc.tuple(fc.nat(WINDOW - 1), fc.constantFrom("ack", "again", "push")));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), answers, (size, script) => {
        const ids = Array.from({ length: size }, (_, index) => `m${index}`);
        const accepted: string[] = [];
        let lane = laneOf(...ids);
        for (const [pick, answer] of script) {
          lane = fill(lane).lane;
          const out = [...lane.flying];
          const id = out[pick % Math.max(1, out.length)];
          if (id === undefined) continue;
          // A backend that keeps order accepts only the first that is not accepted yet.
          const isDue = ids[accepted.length] === id;
          if (isDue && answer !== "again") accepted.push(id);
          lane = isDue && answer !== "again" ? settle(lane, id) : comeBack(lane, id);
          const flying = lane.ids.filter((other) => lane.flying.has(other));
          if (!lane.isRewinding) expect(lane.ids.slice(0, flying.length)).toEqual(flying);
        }
        while (lane.ids.length > 0) {
          lane = fill(lane).lane;
          for (const id of [...lane.flying]) {
            const isDue = ids[accepted.length] === id;
            if (isDue) accepted.push(id);
            lane = isDue ? settle(lane, id) : comeBack(lane, id);
          }
        }
        expect(accepted).toEqual(ids);
      }),
    );
  });
});
