import { type StorageBench, storageConformance } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { stringDisk } from "../test/string-disk.ts";
import { type AsyncStorageLike, asyncStorageStorage } from "./async-storage-storage.ts";

const supports = { durability: "relaxed", crashes: true, quota: true, versions: true } as const;

function createBench(): StorageBench {
  const disk = stringDisk();
  const make = (): StorageBench["storage"] =>
    asyncStorageStorage({ name: "ada", asyncStorage: disk.asyncStorage() });
  return {
    storage: make(),
    again: make,
    crashAfter: disk.crashAfter,
    fill: disk.fill,
    free: () => (disk.room = Infinity),
    outdate: () => disk.texts.set("tidings:ada:version", "2"),
    update: () => disk.texts.set("tidings:ada:version", "1"),
  };
}

describe("asyncStorageStorage", () => {
  const kit = { describe, it, supports, name: "asyncStorageStorage", report: () => {} };
  storageConformance({ ...kit, create: createBench });

  it("knows a full disk by what AsyncStorage says", async () => {
    const full = async (): Promise<never> => {
      throw new Error("database or disk is full (code 13 SQLITE_FULL)");
    };
    const sound = stringDisk().asyncStorage();
    const broken: AsyncStorageLike = { ...sound };
    const storage = asyncStorageStorage({ name: "a", asyncStorage: broken });
    await storage.open();
    Object.assign(broken, { setItem: full, multiSet: full });
    const writing = storage.write([{ type: "put", key: ["a"], value: 1 }]);
    await expect(writing).rejects.toMatchObject({ code: "storage/full" });
  });

  it("asks for all keys once, not for each scan", async () => {
    let asked = 0;
    const sound = stringDisk().asyncStorage();
    const counting = { ...sound, getAllKeys: () => ((asked += 1), sound.getAllKeys()) };
    const storage = asyncStorageStorage({ name: "a", asyncStorage: counting });
    await storage.open();
    for (const value of [1, 2, 3]) {
      await storage.write([{ type: "put", key: ["a", String(value)], value }]);
      expect(await storage.scan({ prefix: ["a"] })).toHaveLength(value);
    }
    expect(asked).toBe(1);
  });
});
