import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Storage } from "../ports/storage.ts";
import { storageConformance } from "../testing/storage-conformance.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";
import { fallbackStorage } from "./fallback-storage.ts";
import { memoryStorage } from "./storage.ts";

/** What a disk is asked for is refused with this, for as long as it is set. */
interface Trouble {
  failure: MessagingError | undefined;
}

/** A disk that survives a restart, and can be broken and mended. */
function breakable(trouble: Trouble, disk: Storage): Storage {
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    if (trouble.failure) throw trouble.failure;
    return work();
  };
  return {
    supports: { durability: "strict" },
    open: () => guard(disk.open),
    close: disk.close,
    get: (key) => guard(() => disk.get(key)),
    scan: (range) => guard(() => disk.scan(range)),
    write: (operations) => guard(() => disk.write(operations)),
  };
}

const broken = new MessagingError("storage/failed", { message: "unable to write; the disk is gone" });
const put = (name: string, value: unknown) => ({ type: "put", key: ["a", name], value }) as const;
const erase = (name: string) => ({ type: "delete", key: ["a", name] }) as const;

interface Bench {
  readonly trouble: Trouble;
  readonly clock: VirtualClock;
  readonly disk: Storage;
  readonly storage: Storage;
  /** Everything the log and `onChange` were told. */
  readonly told: string[];
}

function bench(clock: VirtualClock = virtualClock()): Bench {
  const trouble: Trouble = { failure: undefined };
  const disk = memoryStorage();
  const told: string[] = [];
  const storage = fallbackStorage(breakable(trouble, disk), {
    clock,
    logger: (level, event) => told.push(`${level} ${event}`),
    onChange: (isInMemory, error) => told.push(`${isInMemory} ${error?.code}`),
  });
  return { trouble, clock, disk, storage, told };
}

const namesIn = async (storage: Storage): Promise<unknown[]> =>
  (await storage.scan({ prefix: ["a"] })).map(([key, value]) => [key.at(-1), value]);

describe("fallbackStorage, while nothing fails", () => {
  storageConformance({
    ...{ describe, it, report: () => {} },
    supports: { durability: "memory", shared: false, crashes: false, quota: false, versions: false },
    create: () => ({ storage: fallbackStorage(memoryStorage()) }),
  });
});

describe("fallbackStorage, when the storage fails", () => {
  it("holds what cannot be written, gives it back when asked, and says that nothing survives", async () => {
    const { trouble, storage, told } = bench();
    await storage.open();
    await storage.write([put("1", "one"), put("2", "two")]);
    expect(storage.supports.durability).toBe("strict");
    trouble.failure = broken;
    await storage.write([put("3", "three"), put("1", "uno"), erase("2")]);
    trouble.failure = undefined; // reading works again, writing was not tried yet
    expect(await namesIn(storage)).toEqual([
      ["1", "uno"],
      ["3", "three"],
    ]);
    expect(await storage.scan({ prefix: ["a"], limit: 1, reverse: true })).toEqual([[["a", "3"], "three"]]);
    expect(await storage.get(["a", "1"])).toBe("uno");
    expect(await storage.get(["a", "2"])).toBeUndefined();
    expect(storage.supports.durability).toBe("memory");
    expect(told).toEqual(["warn storage.in-memory", "true storage/failed"]);
  });

  it("stores all of it, in order, as soon as that works again", async () => {
    const { trouble, storage, clock, disk, told } = bench();
    await storage.open();
    trouble.failure = broken;
    await storage.write([put("1", "one"), put("2", "two")]);
    await storage.write([erase("1"), put("2", "zwei")]);
    await clock.advance(10_000);
    expect(await namesIn(disk)).toEqual([]);
    trouble.failure = undefined;
    await clock.advance(10_000);
    expect(await namesIn(disk)).toEqual([["2", "zwei"]]);
    expect(storage.supports.durability).toBe("strict");
    expect(told.slice(2)).toEqual(["info storage.restored", "false undefined"]);
    await storage.write([put("3", "three")]);
    expect(await disk.get(["a", "3"])).toBe("three");
    expect(clock.timers).toBe(0);
  });

  it("opens in memory where there is none, or where it never answers", async () => {
    const { trouble, storage } = bench();
    trouble.failure = broken;
    await storage.open();
    await storage.write([put("1", "one")]);
    expect(await namesIn(storage)).toEqual([["1", "one"]]);

    const clock = virtualClock();
    const silent = { ...memoryStorage(), open: () => new Promise<never>(() => {}) };
    const patient = fallbackStorage(silent, { clock, logger: () => {} });
    const opening = patient.open();
    await clock.advance(5_000);
    await opening;
    expect(patient.supports.durability).toBe("memory");
  });

  it("stores what it holds when it is closed, and says so if that is lost", async () => {
    const { trouble, storage, disk } = bench();
    await storage.open();
    trouble.failure = broken;
    await storage.write([put("1", "one")]);
    trouble.failure = undefined;
    await storage.close();
    expect(await namesIn(disk)).toEqual([["1", "one"]]);

    const other = bench();
    await other.storage.open();
    other.trouble.failure = broken;
    await other.storage.write([put("1", "one")]);
    await expect(other.storage.close()).rejects.toMatchObject({
      message: expect.stringContaining("1 entries"),
    });
    expect(other.clock.timers).toBe(0);
  });

  it.each(["storage/full", "storage/version", "storage/locked"] as const)(
    "leaves %s to the app",
    async (code) => {
      const { trouble, storage, told } = bench();
      if (code === "storage/full") await storage.open();
      trouble.failure = new MessagingError(code);
      await expect(code === "storage/full" ? storage.write([put("1", 1)]) : storage.open()).rejects.toBe(
        trouble.failure,
      );
      expect(told).toEqual([]);
    },
  );

  it("[D9] holds so much and no more, and lets it be erased", async () => {
    const { trouble, storage } = bench();
    await storage.open();
    trouble.failure = broken;
    await storage.write(Array.from({ length: 10_000 }, (_, index) => put(String(index), index)));
    await expect(storage.write([put("more", 1)])).rejects.toMatchObject({ code: "storage/full" });
    await storage.write([erase("1")]);
    expect(await storage.get(["a", "1"])).toBeUndefined();
  });
});

describe("a client on a storage that fails", () => {
  it("[D1, D2] goes on sending from memory, and once the disk is back finds everything there", async () => {
    const here = world();
    const { trouble, storage, disk } = bench(here.clock);
    const [ada, room] = await member(here, "ada", { storage, logger: () => {} });
    trouble.failure = broken;
    const delivered = await room.send("while it was broken");
    await delivered.settled();

    here.backend.faults.offline(true);
    await here.clock.advance(1_000);
    await room.send("waits in memory");
    expect(ada.outbox.get().waiting).toBe(1);
    trouble.failure = undefined;
    await here.clock.advance(10_000);
    expect(storage.supports.durability).toBe("strict");
    await ada.close();

    here.backend.faults.offline(false);
    const [again, same] = await member(here, "ada", { storage: { ...disk } });
    await here.clock.advance(60_000);
    expect(texts(same)).toEqual(["while it was broken", "waits in memory"]);
    expect(again.outbox.get().entries).toEqual([]);
  });

  it("[D1] sends also where storage cannot even be opened; without the fallback send() says why not", async () => {
    const here = world();
    const trouble: Trouble = { failure: broken };
    const bare = breakable(trouble, memoryStorage());
    const [, plain] = await member(here, "ada", { storage: bare, logger: () => {} });
    await expect(plain.send("no")).rejects.toMatchObject({ code: "storage/failed" });

    const storage = fallbackStorage(bare, { clock: here.clock, logger: () => {} });
    const [, room] = await member(here, "ben", { storage });
    await (await room.send("yes")).settled();
    expect(texts(room)).toEqual(["yes"]);
  });
});

describe("a client whose tokens cannot be had", () => {
  it("[D1, D2] works offline, tries again by itself, and sends what was written meanwhile once", async () => {
    const here = world();
    let isDown = true;
    const auth = async (): Promise<string> => {
      if (isDown) throw new TypeError("the token service is down");
      return "token";
    };
    const ada = here.client("ada", { auth, logger: () => {} });
    const room = ada.conversation("general");
    void ada.connect();
    await here.clock.advance(5_000);
    const sent = await room.send("written meanwhile");
    expect(ada.connection.get()).toMatchObject({ name: "waiting", error: { code: "auth/unavailable" } });
    expect(texts(room)).toEqual(["written meanwhile"]);
    isDown = false;
    await here.clock.advance(60_000);
    await sent.settled();
    expect(texts(room)).toEqual(["written meanwhile"]);
    expect(ada.connection.get().name).toBe("online");
  });
});
