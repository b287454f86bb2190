/** How often what a server remembers was enough, and how often it had to ask its database. */
export interface Recalled {
  readonly hits: number;
  readonly misses: number;
}

const COUNTER = /^tidings_cache_(hits|misses)_total(?:\{[^}]*\})? (\S+)$/gmu;

/** What a page of metrics says of it; undefined if that server does not count. */
export function recalledIn(page: string): Recalled | undefined {
  const counts = { hits: 0, misses: 0 };
  let isCounted = false;
  for (const [, what, count] of page.matchAll(COUNTER)) {
    counts[what === "hits" ? "hits" : "misses"] += Number(count);
    isCounted = true;
  }
  return isCounted ? counts : undefined;
}

/** What a server has said by now; absent if it does not say. */
interface Counted {
  readonly name: string;
  readonly recalled?: Recalled | undefined;
}

/** Between two readings; a server that was started again in between begins at 0. */
export function recalledBetween(before: readonly Counted[], after: readonly Counted[]): Recalled {
  const sum = { hits: 0, misses: 0 };
  for (const { name, recalled } of after) {
    if (!recalled) continue;
    const known = before.find((usage) => usage.name === name)?.recalled;
    const isSameLife = known && known.hits <= recalled.hits && known.misses <= recalled.misses;
    sum.hits += recalled.hits - (isSameLife ? known.hits : 0);
    sum.misses += recalled.misses - (isSameLife ? known.misses : 0);
  }
  return sum;
}

/** 0 to 1; undefined if nothing was asked, or nobody counts. */
export function shareOf({ hits, misses }: Recalled): number | undefined {
  return hits + misses === 0 ? undefined : hits / (hits + misses);
}
