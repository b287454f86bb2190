import { describe, expect, it } from "vitest";
import { recalledBetween, recalledIn, shareOf } from "./recalled.ts";

const page = `
# TYPE tidings_cache_hits_total counter
tidings_cache_hits_total{type="access"} 90
tidings_cache_hits_total{type="records"} 5
tidings_cache_misses_total{type="access"} 5
tidings_commits_total 7
`;

const usage = (name: string, hits: number, misses: number) => ({
  ...{ name, cpuSeconds: 0, memoryBytes: 0, recalled: { hits, misses } },
});

describe("what servers remember", () => {
  it("is counted over all that they remember; one that does not count says nothing", () => {
    expect(recalledIn(page)).toEqual({ hits: 95, misses: 5 });
    expect(recalledIn("process_cpu_seconds_total 3")).toBeUndefined();
  });

  it("is what came between two readings, of one that began again all there is", () => {
    const before = [usage("a", 100, 10), usage("b", 50, 5)];
    const after = [usage("a", 190, 20), usage("b", 8, 2), { name: "c", cpuSeconds: 0, memoryBytes: 0 }];
    expect(recalledBetween(before, after)).toEqual({ hits: 98, misses: 12 });
    expect(recalledBetween([], after.slice(0, 1))).toEqual({ hits: 190, misses: 20 });
  });

  it("has a share, if there was anything to remember", () => {
    expect(shareOf({ hits: 9, misses: 1 })).toBe(0.9);
    expect(shareOf({ hits: 0, misses: 0 })).toBeUndefined();
  });
});
