import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRevisions, type Revisions } from "./revisions.ts";

const HEAD = 30;
const rev = fc.integer({ min: 1, max: HEAD });
const seen = fc.array(
  fc.tuple(rev, fc.nat(4)).map(([from, length]) => [from, Math.min(HEAD, from + length)] as const),
);

function revisions(): Revisions {
  return createRevisions(() => {});
}

function seeAll(target: Revisions, ranges: Iterable<readonly [number, number]>): void {
  for (const [from, to] of ranges) target.see(from, to);
}

/** The highest revision up to which all, from after `start`, were seen. */
function reachOf(start: number, ranges: readonly (readonly [number, number])[]): number {
  let reach = start;
  while (ranges.some(([from, to]) => from <= reach + 1 && to > reach)) reach += 1;
  return reach;
}

describe("revisions", () => {
  it("[D4, L3] cover nothing that was neither seen nor brought by a snapshot (law 1)", () => {
    fc.assert(
      fc.property(seen, rev, (ranges, start) => {
        const target = revisions();
        target.snapshot(start);
        seeAll(target, ranges);
        expect(target.cursor).toBe(reachOf(start, ranges));
      }),
    );
  });

  it("[L1] end up the same in any order, however often and in whatever bundles they come (law 2)", () => {
    fc.assert(
      fc.property(seen, fc.func(fc.nat()), rev, (ranges, chance, start) => {
        const [one, other, late] = [revisions(), revisions(), revisions()];
        one.snapshot(start);
        other.snapshot(start);
        const singles = [...ranges, ...ranges].flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, index) => [from + index, from + index] as const),
        );
        const shuffled = singles.sort((left, right) => chance(left) - chance(right));
        seeAll(one, ranges);
        seeAll(other, shuffled);
        seeAll(late, shuffled);
        late.snapshot(start);
        expect(other.cursor).toBe(one.cursor);
        expect(other.missing(HEAD)).toEqual(one.missing(HEAD));
        // Whoever saw the first revision counts from there, and did not need the snapshot.
        if (reachOf(0, ranges) === 0) expect(late.missing(HEAD)).toEqual(one.missing(HEAD));
      }),
    );
  });

  it("[L3] go back to a snapshot older than what is kept, and then make good what was seen since (law 3)", () => {
    const target = revisions();
    target.snapshot(10);
    target.see(11, 14);
    target.snapshot(12); // everything from 10 on was kept
    expect(target.cursor).toBe(14);
    target.snapshot(8); // 9 and 10 were not
    expect(target.cursor).toBe(8);
    expect(target.missing(14)).toEqual({ afterRev: 8, upTo: 10 });
    target.see(9, 10);
    expect(target.cursor).toBe(14);
  });

  it("[L3] go back to a snapshot from before a change that was forgotten, and fetch that again (law 3)", () => {
    const target = revisions();
    target.snapshot(10);
    target.see(11, 14);
    target.forget(12);
    target.snapshot(11);
    expect(target.missing(14)).toEqual({ afterRev: 11, upTo: 12 });
    target.see(12, 12);
    expect(target.cursor).toBe(14);
  });

  it("do not count what was seen beyond the cursor and then forgotten", () => {
    const target = revisions();
    target.snapshot(10);
    target.see(12, 14);
    target.forget(13);
    target.see(11, 11);
    expect(target.missing(14)).toEqual({ afterRev: 12, upTo: 13 });
  });

  it("[D9] keep a bounded number of islands, and ask again for those they forget (law 4)", () => {
    const target = revisions();
    target.snapshot(0);
    for (let each = 2; each <= 1_000; each += 2) target.see(each, each);
    for (let each = 1; each < 1_000; each += 2) target.see(each, each);
    expect(target.cursor).toBeLessThan(1_000);
    expect(target.missing(1_000)).toBeDefined();
    target.see(1, 1_000);
    expect(target.cursor).toBe(1_000);
  });

  it("count from the beginning where the very first was seen", () => {
    const target = revisions();
    target.see(2, 3);
    expect(target.cursor).toBeUndefined();
    target.see(1, 1);
    expect(target.cursor).toBe(3);
  });

  it("name the first gap, and nothing where there is none", () => {
    const target = revisions();
    expect(target.missing(5)).toBeUndefined();
    target.snapshot(2);
    expect(target.missing(2)).toBeUndefined();
    expect(target.missing(9)).toEqual({ afterRev: 2, upTo: 9 });
    target.see(6, 7);
    expect(target.missing(9)).toEqual({ afterRev: 2, upTo: 5 });
  });

  it("begin anew after a reset, and keep what was seen beyond it", () => {
    const target = revisions();
    target.snapshot(5);
    target.see(21, 22);
    target.reset();
    expect(target.cursor).toBeUndefined();
    target.snapshot(20);
    expect(target.cursor).toBe(22);
  });

  it("tell of a change only when there is one", () => {
    let changes = 0;
    const target = createRevisions(() => (changes += 1));
    target.snapshot(5);
    target.see(6, 6);
    target.see(9, 9);
    const before = changes;
    target.see(3, 6);
    target.see(9, 9);
    target.snapshot(6);
    expect(before).toBe(3);
    expect(changes).toBe(before);
  });
});
