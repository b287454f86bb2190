import { type StorageBench, storageConformance } from "@tidings/core/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { mortal, stringDisk } from "../test/string-disk.ts";
import { localStorageStorage } from "./local-storage-storage.ts";

const supports = { durability: "relaxed", shared: true, crashes: true, quota: true, versions: true } as const;

function createBench(): StorageBench {
  const disk = stringDisk();
  const make = (): StorageBench["storage"] => mortal(localStorageStorage({ name: "ada", area: disk.area() }));
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

afterEach(() => vi.unstubAllGlobals());

describe("localStorageStorage", () => {
  const kit = { describe, it, supports, name: "localStorageStorage", report: () => {} };
  storageConformance({ ...kit, create: createBench });

  it("keeps those of different names apart, whatever the names", async () => {
    const area = stringDisk().area();
    const names = ["a", "a:=", "a:", "", "tidings:a:="];
    const all = names.map((name) => localStorageStorage({ name, area }));
    for (const [index, storage] of all.entries()) {
      await storage.open();
      await storage.write([{ type: "put", key: ["b"], value: index }]);
    }
    const found = await Promise.all(all.map((storage) => storage.scan({ prefix: [] })));
    expect(found).toEqual(all.map((_, index) => [[["b"], index]]));
  });

  it("leaves what is not its own alone", async () => {
    const { area, texts } = stringDisk();
    texts.set("theirs", "1");
    const storage = localStorageStorage({ name: "a", area: area() });
    await storage.open();
    await storage.write([{ type: "put", key: ["b"], value: 1 }]);
    expect(await storage.scan({ prefix: [] })).toEqual([[["b"], 1]]);
    expect(texts.get("theirs")).toBe("1");
  });

  it("deletes many entries where there is no room at all", async () => {
    const disk = stringDisk();
    const storage = localStorageStorage({ name: "a", area: disk.area() });
    await storage.open();
    const keys = Array.from({ length: 100 }, (_, index) => ["messages", String(index)]);
    await storage.write(keys.map((key) => ({ type: "put", key, value: "text" })));
    disk.fill();
    await storage.write(keys.map((key) => ({ type: "delete", key })));
    expect(await storage.scan({ prefix: [] })).toEqual([]);
    await storage.write([{ type: "put", key: ["a"], value: "x".repeat(1_000) }]);
  });

  it("notices a newer version that comes while it is open", async () => {
    const disk = stringDisk();
    const storage = localStorageStorage({ name: "a", area: disk.area() });
    await storage.open();
    disk.texts.set("tidings:a:version", "2");
    const writing = storage.write([{ type: "put", key: ["a"], value: 1 }]);
    await expect(writing).rejects.toMatchObject({ code: "storage/version" });
  });

  it("takes turns with other tabs by a lock, where there are locks", async () => {
    const asked: string[] = [];
    const request = (name: string, work: () => Promise<unknown>): Promise<unknown> => (
      asked.push(name),
      work()
    );
    vi.stubGlobal("navigator", { locks: { request } });
    const storage = localStorageStorage({ name: "a", area: stringDisk().area() });
    await storage.open();
    await storage.write([{ type: "put", key: ["a"], value: 1 }]);
    expect(new Set(asked)).toEqual(new Set(["tidings:a"]));
  });

  it("is storage/failed where there is none, and where it is forbidden", async () => {
    vi.stubGlobal("localStorage", undefined);
    const storage = localStorageStorage({ name: "a" });
    await expect(storage.open()).rejects.toMatchObject({ code: "storage/failed", retryable: true });
    await storage.close();
    vi.stubGlobal("localStorage", stringDisk().area());
    await storage.open();
  });
});
