/** Integers from `from` to `to`, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** An immutable set of integers: disjoint ranges, ascending, none touching the next. Meant to be few. */
export type Ranges = readonly Range[];

/** The same reference if `from` to `to` are in already, or if there is nothing between them. */
export function addRange(ranges: Ranges, from: number, to: number): Ranges {
  const below: Range[] = [];
  const above: Range[] = [];
  let joined: Range = { from, to };
  for (const range of ranges) {
    if (range.to < from - 1) below.push(range);
    else if (range.from > to + 1) above.push(range);
    else if (range.from <= from && range.to >= to) return ranges;
    else joined = { from: Math.min(joined.from, range.from), to: Math.max(joined.to, range.to) };
  }
  return from > to ? ranges : [...below, joined, ...above];
}

export function removeRange(ranges: Ranges, from: number, to: number): Ranges {
  return ranges.flatMap((range) => {
    if (from > to || range.to < from || range.from > to) return [range];
    const below = range.from < from ? [{ from: range.from, to: from - 1 }] : [];
    return range.to > to ? [...below, { from: to + 1, to: range.to }] : below;
  });
}

/** What is missing from `from` to `to`. */
export function gapsIn(ranges: Ranges, from: number, to: number): Ranges {
  const gaps: Range[] = [];
  let next = from;
  for (const range of [...ranges, { from: to + 1, to }]) {
    const end = Math.min(to, range.from - 1);
    if (next <= end) gaps.push({ from: next, to: end });
    next = Math.max(next, range.to + 1);
  }
  return gaps;
}

/** How many integers `ranges` hold. */
export function rangesSize(ranges: Ranges): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}
