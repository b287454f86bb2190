import type { NodeProcess } from "./node-process.ts";

interface Recalled {
  readonly hits: number;
  readonly misses: number;
}

const COUNTER = /^tidings_cache_(hits|misses)_total\{type="(\w+)"\} (\d+)$/gmu;

/** How often what nodes remember was enough, in the lives they live now, by what for. */
export async function recalledBy(nodes: readonly NodeProcess[]): Promise<ReadonlyMap<string, Recalled>> {
  const found = new Map<string, Recalled>();
  for (const node of nodes) {
    const page = await node.metrics();
    for (const [, what, type = "", count] of page.matchAll(COUNTER)) {
      const { hits, misses } = found.get(type) ?? { hits: 0, misses: 0 };
      const more = Number(count);
      found.set(type, what === "hits" ? { hits: hits + more, misses } : { hits, misses: misses + more });
    }
  }
  return found;
}

export function formatRecalled(found: ReadonlyMap<string, Recalled>): string {
  const all = [...found.values()].reduce(
    (sum, { hits, misses }) => ({ hits: sum.hits + hits, misses: sum.misses + misses }),
    { hits: 0, misses: 0 },
  );
  const parts = [...found, ["all", all] as const].map(
    ([type, { hits, misses }]) =>
      `${type} ${((100 * hits) / Math.max(1, hits + misses)).toFixed(1)} % of ${hits + misses}`,
  );
  return `answered by what nodes remember: ${parts.join(", ")}`;
}
