import { webcrypto } from "node:crypto";
import { memoryStorage, type Storage } from "@tidings/core";
import { type StorageBench, storageConformance } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { stringDisk } from "../test/string-disk.ts";
import { asyncStorageStorage } from "./async-storage-storage.ts";
import { encryptedStorage } from "./encrypted-storage.ts";

const newKey = (): Uint8Array<ArrayBuffer> => webcrypto.getRandomValues(new Uint8Array(32));
const key = newKey();

function createBench(): StorageBench {
  const disk = stringDisk();
  const around = (): Storage => asyncStorageStorage({ name: "a", asyncStorage: disk.asyncStorage() });
  const make = (): Storage => encryptedStorage({ storage: around(), key });
  const setVersion = async (version: number): Promise<void> => {
    const storage = around();
    await storage.open();
    const keyring = Object(await storage.get(["keyring"]));
    await storage.write([{ type: "put", key: ["keyring"], value: { ...keyring, version } }]);
    await storage.close();
  };
  return {
    storage: make(),
    again: make,
    crashAfter: disk.crashAfter,
    fill: disk.fill,
    free: () => (disk.room = Infinity),
    outdate: () => setVersion(2),
    update: () => setVersion(1),
  };
}

/** Written with `key`, and closed. */
async function written(): Promise<Storage> {
  const around = memoryStorage();
  const storage = encryptedStorage({ storage: around, key });
  await storage.open();
  await storage.write([
    { type: "put", key: ["room", "secret-name"], value: "secret-text" },
    { type: "put", key: ["room", "other"], value: 2 },
  ]);
  await storage.close();
  return around;
}

async function reading(storage: Storage): Promise<unknown> {
  await storage.open();
  return storage.get(["room", "secret-name"]);
}

describe("encryptedStorage", () => {
  storageConformance({
    ...{ describe, it, name: "encryptedStorage", report: () => {}, create: createBench },
    supports: { durability: "relaxed", crashes: true, quota: true, versions: true },
  });
  storageConformance({
    ...{
      describe,
      it,
      name: "encryptedStorage of a memory",
      report: () => {},
      supports: { durability: "memory" },
    },
    create: () => ({ storage: encryptedStorage({ storage: memoryStorage(), key: newKey() }) }),
  });

  it("shows neither values nor parts of keys, but which keys begin alike", async () => {
    const around = await written();
    const all = await around.scan({ prefix: [] });
    const text = JSON.stringify(all, (_, part: unknown) => (part instanceof Uint8Array ? Buffer.from(part).toString("latin1") : part)); // prettier-ignore
    expect(text).not.toMatch(/secret|room|other/);
    const places = all.map(([place]) => place).filter(([first]) => first === "entry");
    expect(new Set(places.map(([, room]) => room)).size).toBe(1);
    expect(new Set(places.map(([, , name]) => name)).size).toBe(2);
  });

  it("is storage/locked with another key, which changes nothing", async () => {
    const around = await written();
    const before = await around.scan({ prefix: [] });
    const other = encryptedStorage({ storage: around, key: newKey() });
    await expect(other.open()).rejects.toMatchObject({ code: "storage/locked", retryable: false });
    await expect(other.get(["room"])).rejects.toMatchObject({ code: "storage/failed" });
    expect(await around.scan({ prefix: [] })).toEqual(before);
    expect(await reading(encryptedStorage({ storage: around, key }))).toBe("secret-text");
  });

  it("is storage/locked around what was never encrypted, which changes nothing", async () => {
    const around = memoryStorage();
    await around.write([{ type: "put", key: ["a"], value: 1 }]);
    const opening = encryptedStorage({ storage: around, key }).open();
    await expect(opening).rejects.toMatchObject({ code: "storage/locked" });
    expect(await around.scan({ prefix: [] })).toEqual([[["a"], 1]]);
  });

  it("goes on with a new key, and no longer opens with the one before", async () => {
    const around = await written();
    const next = newKey();
    const rotated = encryptedStorage({ storage: around, key: next, previousKeys: [newKey(), key] });
    expect(await reading(rotated)).toBe("secret-text");
    await rotated.close();
    expect(await reading(encryptedStorage({ storage: around, key: next }))).toBe("secret-text");
    const old = encryptedStorage({ storage: around, key });
    await expect(old.open()).rejects.toMatchObject({ code: "storage/locked" });
  });

  it("takes a key nobody can get back, and refuses one that is too short", async () => {
    const around = await written();
    const kept = await webcrypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
    expect(await reading(encryptedStorage({ storage: around, key: kept }))).toBe("secret-text");
    const short = encryptedStorage({ storage: memoryStorage(), key: new Uint8Array(16) });
    await expect(short.open()).rejects.toThrow("32 bytes");
  });

  it("lets two that begin at once agree", async () => {
    const around = memoryStorage();
    const [one, other] = [
      encryptedStorage({ storage: around, key }),
      encryptedStorage({ storage: around, key }),
    ];
    await Promise.all([one.open(), other.open()]);
    await one.write([{ type: "put", key: ["a"], value: 1 }]);
    expect(await other.get(["a"])).toBe(1);
  });

  it("notices a bit that was changed, and an entry that was put elsewhere", async () => {
    for (const spoil of [flipped, moved]) {
      const around = await written();
      const entries = (await around.scan({ prefix: ["entry"] })) as readonly (readonly [
        string[],
        Uint8Array,
      ])[];
      await around.write(spoil(entries).map(([place, value]) => ({ type: "put", key: place, value })));
      const storage = encryptedStorage({ storage: around, key });
      await storage.open();
      const scanning = storage.scan({ prefix: ["room"] });
      await expect(scanning).rejects.toMatchObject({ code: "storage/failed", retryable: false });
    }
  });
});

type Sealed = readonly (readonly [readonly string[], Uint8Array])[];

function flipped(entries: Sealed): Sealed {
  return entries.map(([place, value]) => [
    place,
    value.map((byte, index) => (index === 20 ? byte ^ 1 : byte)),
  ]);
}

function moved(entries: Sealed): Sealed {
  return entries.map(([place], index) => [place, entries[1 - index]?.[1] ?? new Uint8Array()]);
}
