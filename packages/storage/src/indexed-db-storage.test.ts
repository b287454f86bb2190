import "fake-indexeddb/auto";
import { memoryStorage, type Storage } from "@tidings/core";
import { type StorageBench, storageConformance } from "@tidings/core/testing";
import { forceCloseDatabase } from "fake-indexeddb";
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { promisifyRequest } from "idb-keyval";
import { databaseStorage, STORE_NAME } from "./database-storage.ts";
import { indexedDbStorage } from "./indexed-db-storage.ts";
import { type Migration, OPEN_TIMEOUT_MS } from "./open-database.ts";

let databases = 0;
const newName = (): string => `test-${(databases += 1)}`;

async function openStorage(name = newName()): Promise<Storage> {
  const storage = indexedDbStorage({ name });
  await storage.open();
  return storage;
}

const one = { type: "put", key: ["a"], value: 1 } as const;

/** What a full disk does to `put`; fake-indexeddb has none. */
const fullDisk = (): never => {
  throw new DOMException("the disk is full", "QuotaExceededError");
};

/** What a version to come might do. */
const MIGRATIONS: readonly Migration[] = [
  (database) => void database.createObjectStore(STORE_NAME),
  (_, upgrade) => void upgrade.objectStore(STORE_NAME).put("from the newer version", ["meta"]),
  (_, upgrade) => void upgrade.objectStore(STORE_NAME).delete(["meta"]),
];

function createBench(): StorageBench {
  const name = newName();
  let version = 1;
  return {
    storage: indexedDbStorage({ name }),
    again: () => databaseStorage(name, MIGRATIONS.slice(0, version)),
    fill: () => vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(fullDisk),
    free: () => vi.restoreAllMocks(),
    async outdate() {
      const newer = databaseStorage(name, MIGRATIONS);
      await newer.open();
      await newer.close();
    },
    update: () => (version = MIGRATIONS.length),
  };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("indexedDbStorage", () => {
  storageConformance({
    ...{ describe, it, name: "indexedDbStorage", report: () => {}, create: createBench },
    supports: { durability: "relaxed", shared: true, quota: true, versions: true }, // fake-indexeddb knows no durability
  });

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

describe("versions of the database", () => {
  it("go up, with what is there, and one after the other", async () => {
    const name = newName();
    const old = await openStorage(name);
    await old.write([one]);
    await old.close();
    const newer = databaseStorage(name, MIGRATIONS.slice(0, 2));
    await newer.open();
    expect(await newer.scan({ prefix: [] })).toEqual([[["a"], 1], [["meta"], "from the newer version"]]); // prettier-ignore
    await newer.close();
    const newest = databaseStorage(name, MIGRATIONS);
    await newest.open();
    expect(await newest.scan({ prefix: [] })).toEqual([[["a"], 1]]);
  });

  it("are handed over by a tab that is still open, which then says so and harms nothing", async () => {
    const name = newName();
    const old = await openStorage(name);
    await old.write([one]);
    const newer = databaseStorage(name, MIGRATIONS);
    await newer.open();
    await expect(old.write([{ type: "put", key: ["a"], value: "old" }])).rejects.toMatchObject({
      code: "storage/version",
      retryable: false,
    });
    await expect(old.get(["a"])).rejects.toMatchObject({ code: "storage/version" });
    expect(await newer.scan({ prefix: [] })).toEqual([[["a"], 1]]);
  });

  it("are not waited for for ever, where somebody keeps an older one open", async () => {
    const name = newName();
    const request = indexedDB.open(name, 1); // and never heard of `versionchange`
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE_NAME);
    await promisifyRequest(request);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const newer = databaseStorage(name, MIGRATIONS);
    const opening = newer.open();
    opening.catch(() => {});
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    vi.advanceTimersByTime(OPEN_TIMEOUT_MS);
    await expect(opening).rejects.toMatchObject({
      code: "storage/failed",
      message: expect.stringContaining("another tab has kept an older version open"),
    });
    vi.useRealTimers();
    request.result.close(); // what comes late closes itself, and is no obstacle
    await newer.open();
    expect(await newer.get(["meta"])).toBeUndefined();
  });
});

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

  it("is storage/failed if the browser never answers, and open may be tried again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const silent = vi.spyOn(IDBFactory.prototype, "open").mockReturnValue(Object.create(null));
    const storage = indexedDbStorage({ name: newName() });
    const opening = storage.open();
    opening.catch(() => {});
    vi.advanceTimersByTime(OPEN_TIMEOUT_MS);
    await expect(opening).rejects.toMatchObject({ code: "storage/failed", retryable: true });
    silent.mockRestore();
    vi.useRealTimers();
    await storage.open();
    await storage.write([one]);
  });

  it("is storage/failed where the browser forbids it", async () => {
    vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
      throw new DOMException("the operation is insecure", "SecurityError");
    });
    const opening = indexedDbStorage({ name: newName() }).open();
    await expect(opening).rejects.toMatchObject({ code: "storage/failed", cause: { name: "SecurityError" } });
  });

  it("opens once more if the connection turns out to be closed", async () => {
    const storage = await openStorage();
    await storage.write([one]);
    const closing = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementationOnce(() => {
      throw new DOMException("the connection is closing", "InvalidStateError");
    });
    expect(await storage.get(["a"])).toBe(1);
    expect(closing).toHaveBeenCalledTimes(2);
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
