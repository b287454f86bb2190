import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as lanes from "./lane.ts";

const { add, comeBack, depart, emptyLane, isEmpty, isFirst, next, settle } = lanes;

interface Turn extends lanes.Turn {
  readonly id: string;
}

type Lane = lanes.Lane<Turn>;

const WINDOW = 3;

const turnOf = (id: string, turn: number): Turn => ({ id, turn, size: 1, weight: 0 });
const a = turnOf("a", 1);
const b = turnOf("b", 2);
const c = turnOf("c", 3);
const d = turnOf("d", 4);

/** Departs everybody who may. */
function fill(lane: Lane): { lane: Lane; departed: string[] } {
  const departed: string[] = [];
  for (let one = next(lane, WINDOW); one; one = next(lane, WINDOW)) {
    lane = depart(lane, one);
    departed.push(one.id);
  }
  return { lane, departed };
}

function laneOf(...turns: Turn[]): Lane {
  return turns.reduce<Lane>(add, emptyLane());
}

describe("lane", () => {
  it("[D7, O2] departs by turns, at most a window at once (laws 1, 2)", () => {
    expect(fill(laneOf(b, d, a, c)).departed).toEqual(["a", "b", "c"]);
  });

  it("[D7, O3] sends nobody while others are still out after one came back (law 3)", () => {
    let { lane } = fill(laneOf(a, b, c, d));
    lane = comeBack(lane, a);
    expect(next(lane, WINDOW)).toBeUndefined();
    lane = comeBack(comeBack(lane, b), c);
    expect(fill(lane).departed).toEqual(["a", "b", "c"]);
  });

  it("[D7, O3] goes on with those that were accepted meanwhile left out (law 3)", () => {
    let { lane } = fill(laneOf(a, b, c));
    lane = settle(comeBack(lane, a), b);
    lane = comeBack(lane, c);
    expect(fill(lane).departed).toEqual(["a", "c"]);
  });

  it("[D2, O7] lets a waiting command go when a push has confirmed it (law 4)", () => {
    let { lane } = fill(laneOf(a, b));
    lane = settle(comeBack(comeBack(lane, a), b), a);
    expect(fill(lane).departed).toEqual(["b"]);
  });

  it("[D7, O5] lets what an earlier life left go first, though it comes last", () => {
    const { lane } = fill(add(laneOf(b, c, d), turnOf("z", 0)));
    expect([...lane.flying].map(({ id }) => id)).toEqual(["z", "b", "c"]);
  });

  it("ignores who does not fly, who is in already, and who is not in", () => {
    const lane = depart(laneOf(a, b), a);
    expect(comeBack(lane, b)).toBe(lane);
    expect(add(lane, a)).toBe(lane);
    expect(add(lane, b)).toBe(lane);
    expect(settle(lane, c)).toBe(lane);
  });

  it("knows who is first, flying or not, and when nobody is left", () => {
    const lane = depart(laneOf(a, b), a);
    expect([a, b].map((one) => isFirst(lane, one))).toEqual([true, false]);
    expect([a, b].map((one) => isFirst(settle(lane, a), one))).toEqual([true, true]);
    expect(isFirst(comeBack(depart(lane, b), b), b)).toBe(false);
    expect([lane, settle(lane, a), settle(settle(lane, a), b)].map(isEmpty)).toEqual([false, false, true]);
  });

  it("[D9] looks at no more than a few of those who wait, however many there are", () => {
    let looks = 0;
    const counting = (id: string, turn: number): Turn => ({
      id,
      weight: 0,
      get size() {
        looks += 1;
        return 1;
      },
      get turn() {
        looks += 1;
        return turn;
      },
    });
    const turns = Array.from({ length: 10_000 }, (_, index) => counting(`m${index}`, index));
    let lane = laneOf(...turns);
    const [first = a, middle = a, last = a] = [turns[0], turns[5_000], turns.at(-1)];
    const doings: Readonly<Record<string, (lane: Lane) => Lane>> = {
      add: (at) => add(at, counting("new", 10_000)),
      settle: (at) => settle(settle(at, middle), last),
      depart: (at) => depart(at, next(at, WINDOW) ?? a),
      isFirst: (at) => (isFirst(at, first) ? at : emptyLane()),
      comeBack: (at) => comeBack(at, first),
    };
    const found = Object.entries(doings).map(([doing, work]) => {
      looks = 0;
      lane = work(lane);
      return [doing, looks] as const;
    });
    expect(found.filter(([, count]) => count > 100)).toEqual([]);
    expect(lane.waiting.size).toBe(9_999);
  });

  it("[D7, O3] delivers all in order whatever the answers, as long as the backend takes them in order", () => {
    const answers = fc.array(fc.tuple(fc.nat(WINDOW - 1), fc.constantFrom("ack", "again", "push")));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), answers, (size, script) => {
        const turns = Array.from({ length: size }, (_, index) => turnOf(`m${index}`, index));
        const accepted: Turn[] = [];
        let lane = laneOf(...turns);
        for (const [pick, answer] of script) {
          lane = fill(lane).lane;
          const out = [...lane.flying];
          const one = out[pick % Math.max(1, out.length)];
          if (one === undefined) continue;
          // A backend that keeps order accepts only the first that is not accepted yet.
          const isDue = turns[accepted.length] === one;
          if (isDue && answer !== "again") accepted.push(one);
          lane = isDue && answer !== "again" ? settle(lane, one) : comeBack(lane, one);
          const flying = [...lane.flying].map(({ turn }) => turn);
          const [waiting] = lane.waiting.slice(0, 1);
          if (waiting && !lane.isRewinding) expect(Math.max(0, ...flying)).toBeLessThanOrEqual(waiting.turn);
        }
        while (!isEmpty(lane)) {
          lane = fill(lane).lane;
          for (const one of lane.flying) {
            const isDue = turns[accepted.length] === one;
            if (isDue) accepted.push(one);
            lane = isDue ? settle(lane, one) : comeBack(lane, one);
          }
        }
        expect(accepted).toEqual(turns);
      }),
    );
  });
});
