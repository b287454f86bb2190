import "fake-indexeddb/auto";
import { memoryStorage, type Storage } from "@tidings/core";
import { storageConformance } from "@tidings/core/testing";
import { forceCloseDatabase } from "fake-indexeddb";
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { indexedDbStorage } from "./indexed-db-storage.ts";

let databases = 0;
const newName = (): string => `test-${(databases += 1)}`;

async function openStorage(name = newName()): Promise<Storage> {
  const storage = indexedDbStorage({ name });
  await storage.open();
  return storage;
}

const one = { type: "put", key: ["a"], value: 1 } as const;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("indexedDbStorage", () => {
  storageConformance({ describe, it, create: () => indexedDbStorage({ name: newName() }) });

  it("scans any range as memoryStorage does", async () => {
    const parts = fc.constantFrom("", "a", "a\0", "b", "é", "\u{1f600}", "\uffff", "10", "9");
    const keys = fc.array(parts, { maxLength: 3 });
    const range = fc.record(
      { prefix: keys, after: keys, limit: fc.nat(5), reverse: fc.boolean() },
      { requiredKeys: ["prefix"] },
    );
    const scenario = fc.asyncProperty(
      fc.array(keys, { maxLength: 20 }),
      fc.array(range, { minLength: 1, maxLength: 10 }),
      async (all, ranges) => {
        const [storage, model] = [await openStorage(), memoryStorage()];
        const puts = all.map((key, value) => ({ type: "put", key, value }) as const);
        await Promise.all([storage.write(puts), model.write(puts)]);
        for (const asked of ranges) expect(await storage.scan(asked)).toEqual(await model.scan(asked));
        await storage.close();
      },
    );
    await fc.assert(scenario, { numRuns: 60 });
  });

  it("shares one database between tabs, each write whole", async () => {
    const name = newName();
    const [tab, other] = [await openStorage(name), await openStorage(name)];
    const writes = Array.from({ length: 20 }, (_, value) =>
      (value % 2 ? tab : other).write([
        { type: "put", key: ["x"], value },
        { type: "put", key: ["y"], value },
      ]),
    );
    await Promise.all(writes);
    expect(await tab.get(["x"])).toBe(await other.get(["y"]));
  });

  it("asks for the disk, and says so where the browser knows how", async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
    const storage = await openStorage();
    await storage.write([one]);
    expect(transaction).toHaveBeenLastCalledWith("records", "readwrite", { durability: "strict" });
    vi.stubGlobal("IDBTransaction", class {});
    expect(indexedDbStorage({ name: newName() }).supports.durability).toBe("relaxed");
    vi.stubGlobal("IDBTransaction", class { durability(): void {} }); // prettier-ignore
    expect(indexedDbStorage({ name: newName() }).supports.durability).toBe("strict");
  });

  it("goes on when the browser has closed the connection", async () => {
    const storage = await openStorage();
    const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
    await storage.write([one]);
    const [database] = transaction.mock.contexts;
    if (database) Reflect.apply(forceCloseDatabase, undefined, [database]);
    await vi.waitFor(async () => expect(await storage.get(["a"])).toBe(1));
  });
});

/** What a full disk does to `put`; fake-indexeddb has none. */
const fullDisk = (): never => {
  throw new DOMException("the disk is full", "QuotaExceededError");
};

describe("what goes wrong with IndexedDB", () => {
  type Put = (this: IDBObjectStore, value: unknown, key?: IDBValidKey) => IDBRequest<IDBValidKey>;

  const failingLater: Put = function (value, key) {
    const request = this.add(value, key);
    Object(this.transaction)._requests.at(-1).operation = fullDisk; // run when the transaction gets to it
    return request;
  };

  const full: [string, Put][] = [
    ["at once", fullDisk],
    ["later", failingLater],
  ];

  it.each(full)(
    "is storage/full if a put is refused %s for want of space, and nothing is written",
    async (_, put) => {
      const storage = await openStorage();
      await storage.write([one]);
      vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(put);
      const writing = storage.write([
        { type: "delete", key: ["a"] },
        { type: "put", key: ["b"], value: 2 },
      ]);
      await expect(writing).rejects.toMatchObject({
        name: "MessagingError",
        code: "storage/full",
        retryable: false,
        cause: { name: "QuotaExceededError" },
        message: expect.stringMatching(/^unable to write to the database test-\d+; ./),
      });
      expect(await storage.scan({ prefix: [] })).toEqual([[["a"], 1]]);
      vi.restoreAllMocks();
      await storage.write([{ type: "delete", key: ["a"] }]);
      expect(await storage.get(["a"])).toBeUndefined();
    },
  );

  it("is final if a value cannot be copied", async () => {
    const storage = await openStorage();
    const writing = storage.write([{ type: "put", key: ["a"], value: () => 1 }]);
    await expect(writing).rejects.toMatchObject({ code: "storage/failed", retryable: false });
  });

  it("is storage/failed where there is no IndexedDB, until there is", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const storage = indexedDbStorage({ name: newName() });
    await expect(storage.open()).rejects.toMatchObject({ code: "storage/failed", retryable: true });
    await storage.close();
    vi.unstubAllGlobals();
    await storage.open();
    await storage.write([one]);
    expect(await storage.get(["a"])).toBe(1);
  });

  it("is storage/failed before open and after close, and leaves no connection behind", async () => {
    const name = newName();
    const storage = indexedDbStorage({ name });
    await storage.close();
    await expect(storage.get(["a"])).rejects.toMatchObject({ code: "storage/failed" });
    await storage.open();
    await storage.close();
    await storage.close();
    await expect(storage.write([one])).rejects.toMatchObject({ code: "storage/failed" });
    const deleted = indexedDB.deleteDatabase(name);
    await new Promise((resolve, reject) => {
      deleted.addEventListener("success", resolve);
      deleted.addEventListener("blocked", () => reject(new Error("a connection is open")));
    });
  });
});
