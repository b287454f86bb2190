import type { SearchQuery } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";

/** Which messages an index holds for a search, and where to look on. */
export interface Found<Place> {
  readonly places: readonly Place[];
  readonly next?: string;
}

/** As long as somebody pages to and fro, or types and takes a letter back. */
const REMEMBERED_MS = 30_000;
const MOST_REMEMBERED = 2_000;

/**
 * What was found lately, by who looked. Only where it is: whether the reader may still read it, and whether it still is
 * what was looked for, is asked anew each time, so that nothing removed, deleted or edited is shown from here (D8).
 */
export class Searches<Place> {
  readonly #found = new BoundedMap<string, { readonly found: Found<Place>; readonly until: number }>(
    MOST_REMEMBERED,
  );
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  recall(readerId: string, query: SearchQuery): Found<Place> | undefined {
    const known = this.#found.get(keyOf(readerId, query));
    return known && known.until > this.#now() ? known.found : undefined;
  }

  keep(readerId: string, query: SearchQuery, found: Found<Place>): Found<Place> {
    this.#found.set(keyOf(readerId, query), { found, until: this.#now() + REMEMBERED_MS });
    return found;
  }
}

function keyOf(readerId: string, query: SearchQuery): string {
  return JSON.stringify([readerId, Object.entries(query).sort(([one], [other]) => (one < other ? -1 : 1))]);
}
