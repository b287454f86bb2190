import type { StorageRange } from "@tidings/core";
import { boundsOf, toName } from "./text.ts";

/** Of entries in any order those of a range, in its order. `nameOf` gives the name of an entry's key. */
export function select<T>(
  entries: readonly T[],
  nameOf: (entry: T) => string,
  { prefix, after, limit, reverse = false }: StorageRange,
): readonly T[] {
  const [from, to] = boundsOf(prefix);
  const start = after && toName(after);
  const isBeyond = (name: string): boolean => start === undefined || (reverse ? name < start : name > start);
  const found = entries
    .map((entry) => ({ name: nameOf(entry), entry }))
    .filter(({ name }) => name >= from && name < to && isBeyond(name))
    .sort((one, other) => (one.name < other.name === reverse ? 1 : -1));
  return found.slice(0, limit).map(({ entry }) => entry);
}
