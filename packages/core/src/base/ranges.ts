/** Integers from `from` to `to`, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** An immutable set of integers: disjoint ranges, ascending, none touching the next. Small: one range per gap. */
export type Ranges = readonly Range[];

/** The first range that ends at `value` or later; `ranges.length` if all end before. */
export function rangeAt(ranges: Ranges, value: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range && range.to < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same reference if `from` to `to` are in already, or if there is nothing between them. */
export function addRange(ranges: Ranges, from: number, to: number): Ranges {
  if (from > to) return ranges;
  const start = rangeAt(ranges, from - 1);
  let end = start;
  let [first, last] = [from, to];
  for (let range = ranges[end]; range && range.from <= to + 1; range = ranges[++end]) {
    if (range.from <= from && range.to >= to) return ranges;
    first = Math.min(first, range.from);
    last = Math.max(last, range.to);
  }
  return replaced(ranges, start, end, [{ from: first, to: last }]);
}

/** The same reference if nothing from `from` to `to` was in. */
export function removeRange(ranges: Ranges, from: number, to: number): Ranges {
  if (from > to) return ranges;
  const start = rangeAt(ranges, from);
  let end = start;
  const rest: Range[] = [];
  for (let range = ranges[end]; range && range.from <= to; range = ranges[++end]) {
    if (range.from < from) rest.push({ from: range.from, to: from - 1 });
    if (range.to > to) rest.push({ from: to + 1, to: range.to });
  }
  return end === start ? ranges : replaced(ranges, start, end, rest);
}

export function isInRanges(ranges: Ranges, value: number): boolean {
  const range = ranges[rangeAt(ranges, value)];
  return range !== undefined && range.from <= value;
}

/** What is missing from `from` to `to`. */
export function gapsIn(ranges: Ranges, from: number, to: number): Ranges {
  const gaps: Range[] = [];
  let next = from;
  let index = rangeAt(ranges, from);
  for (let range = ranges[index]; range && range.from <= to; range = ranges[++index]) {
    if (range.from > next) gaps.push({ from: next, to: range.from - 1 });
    next = range.to + 1;
  }
  if (next <= to) gaps.push({ from: next, to });
  return gaps;
}

/** How many integers `ranges` hold. */
export function rangesSize(ranges: Ranges): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

function replaced(ranges: Ranges, start: number, end: number, by: Ranges): Ranges {
  const copy = ranges.slice();
  copy.splice(start, end - start, ...by);
  return copy;
}
