import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StorageKey, StorageRange } from "../ports/storage.ts";
import { memoryStorage } from "./storage.ts";

const parts = fc.constantFrom("", "a", "a\0", "b", "é", "\u{1f600}", "￿", "10", "9");
const keys = fc.array(parts, { maxLength: 3 });

/** The contract, written the slow way: sort, filter, cut. */
function expected(all: readonly StorageKey[], { prefix, after, limit, reverse }: StorageRange): StorageKey[] {
  const before = (one: StorageKey, other: StorageKey): boolean => {
    const index = one.findIndex((part, at) => part !== other[at]);
    if (index < 0) return one.length < other.length;
    return index >= other.length ? false : (one[index] ?? "") < (other[index] ?? "");
  };
  const sorted = [...all].sort((one, other) => (before(one, other) ? -1 : 1));
  if (reverse) sorted.reverse();
  return sorted
    .filter((key) => prefix.every((part, at) => key[at] === part))
    .filter((key) => !after || (reverse ? before(key, after) : before(after, key)))
    .slice(0, limit);
}

describe("memoryStorage", () => {
  it("scans any range as a sorted list would be filtered", async () => {
    const range = fc.record(
      { prefix: keys, after: keys, limit: fc.nat(5), reverse: fc.boolean() },
      { requiredKeys: ["prefix"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(keys, { maxLength: 20 }), range, async (all, asked) => {
        const unique = [...new Map(all.map((key) => [JSON.stringify(key), key])).values()];
        const storage = memoryStorage();
        await storage.write(unique.map((key) => ({ type: "put", key, value: key })));
        const found = await storage.scan(asked);
        expect(found.map(([key]) => key)).toEqual(expected(unique, asked));
        for (const [key, value] of found) expect(value).toEqual(key);
      }),
      { numRuns: 500 },
    );
  });

  it("puts, replaces, deletes and finds", async () => {
    const storage = memoryStorage();
    await storage.write([
      { type: "put", key: ["a"], value: 1 },
      { type: "put", key: ["a", "b"], value: 2 },
      { type: "put", key: ["a"], value: 3 },
      { type: "delete", key: ["nothing"] },
    ]);
    expect(await storage.get(["a"])).toBe(3);
    await storage.write([{ type: "delete", key: ["a"] }]);
    expect(await storage.get(["a"])).toBeUndefined();
    expect(await storage.get(["a", "b"])).toBe(2);
  });

  it("copies in and out, so that nobody changes what is stored by accident", async () => {
    const storage = memoryStorage();
    const value = { list: [1] };
    await storage.write([{ type: "put", key: ["a"], value }]);
    value.list.push(2);
    const [found] = await storage.scan({ prefix: [] });
    expect(found).toEqual([["a"], { list: [1] }]);
    expect(await storage.get(["a"])).not.toBe(await storage.get(["a"]));
  });

  it("writes all or nothing", async () => {
    const storage = memoryStorage();
    const write = storage.write([
      { type: "put", key: ["a"], value: 1 },
      { type: "put", key: ["b"], value: () => 2 },
    ]);
    await expect(write).rejects.toMatchObject({ code: "storage/failed" });
    expect(await storage.scan({ prefix: [] })).toEqual([]);
  });

  it("keeps what it has over close and open", async () => {
    const storage = memoryStorage();
    await storage.open();
    await storage.write([{ type: "put", key: ["a"], value: 1 }]);
    await storage.close();
    await storage.open();
    expect(await storage.get(["a"])).toBe(1);
  });
});
