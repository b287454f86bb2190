import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addRange, gapsIn, type Ranges, rangesSize, removeRange } from "./ranges.ts";

const span = fc.tuple(fc.nat(40), fc.nat(8)).map(([from, length]) => ({ from, to: from + length - 1 }));
const steps = fc.array(fc.record({ isAdded: fc.boolean(), span }), { maxLength: 30 });

/** The same as a set of integers. */
function modelOf(
  list: readonly { isAdded: boolean; span: { from: number; to: number } }[],
): [Ranges, Set<number>] {
  let ranges: Ranges = [];
  const model = new Set<number>();
  for (const {
    isAdded,
    span: { from, to },
  } of list) {
    ranges = isAdded ? addRange(ranges, from, to) : removeRange(ranges, from, to);
    for (let value = from; value <= to; value += 1) {
      if (isAdded) model.add(value);
      else model.delete(value);
    }
  }
  return [ranges, model];
}

const ascending = (model: Iterable<number>): number[] => [...model].sort((one, other) => one - other);
const valuesOf = (ranges: Ranges): number[] =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));

describe("ranges", () => {
  it("hold what a set of integers holds, after any additions and removals", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const [ranges, model] = modelOf(list);
        expect(valuesOf(ranges)).toEqual(ascending(model));
        expect(rangesSize(ranges)).toBe(model.size);
      }),
    );
  });

  it("are disjoint, ascending and never touch", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const [ranges] = modelOf(list);
        ranges.forEach(({ from, to }, index) => {
          expect(to).toBeGreaterThanOrEqual(from);
          expect(from).toBeGreaterThan((ranges[index - 1]?.to ?? -2) + 1);
        });
      }),
    );
  });

  it("know what is missing between two integers", () => {
    fc.assert(
      fc.property(steps, fc.nat(50), fc.nat(50), (list, from, to) => {
        const [ranges, model] = modelOf(list);
        const missing = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
        expect(valuesOf(gapsIn(ranges, from, to))).toEqual(missing.filter((value) => !model.has(value)));
      }),
    );
  });

  it("are the same reference when nothing changes, and never change the old ones", () => {
    const ranges = addRange([], 3, 6);
    expect(addRange(ranges, 4, 5)).toBe(ranges);
    expect(addRange(ranges, 9, 8)).toBe(ranges);
    expect(removeRange(ranges, 7, 9)[0]).toBe(ranges[0]);
    addRange(ranges, 7, 9);
    removeRange(ranges, 4, 4);
    expect(ranges).toEqual([{ from: 3, to: 6 }]);
  });
});
