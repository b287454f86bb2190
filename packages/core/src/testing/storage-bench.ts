import type { Storage } from "../ports/storage.ts";
import { createWaiting, expectThat, type Waiting } from "./kit.ts";

/** A storage on a medium of its own, and a hand on that medium. Made for one law each. */
export interface StorageBench {
  /** Empty, not open yet. */
  readonly storage: Storage;
  /**
   * Another storage on the same medium, not open yet: what the next page or process would make. It knows nothing of those
   * before it, and a medium that had been killed or filled works again. Needed unless all is in memory.
   */
  again?(): Storage | Promise<Storage>;
  /**
   * The medium takes that many steps more and then no other, as if the process was killed: calls settle no more. Resolves
   * when it is dead. Needed where `crashes`.
   */
  crashAfter?(steps: number): Promise<void>;
  /** Leaves no room on the medium. Needed where `quota`. */
  fill?(): unknown;
  /** Gives the room back. */
  free?(): unknown;
  /** Marks what is stored as written by a newer version. Needed where `versions`. */
  outdate?(): unknown;
  /** Takes the mark off. */
  update?(): unknown;
  /** Called last. */
  remove?(): unknown;
}

/** What to expect of a storage, and of its bench. */
export interface StorageExpectations {
  readonly durability: Storage["supports"]["durability"];
  /** Several may be open on one medium at a time, as tabs are. */
  readonly shared: boolean;
  /** The bench can kill it between two steps. */
  readonly crashes: boolean;
  /** The bench can fill the medium. */
  readonly quota: boolean;
  /** It says no to what a newer version has written, and the bench can play that version. */
  readonly versions: boolean;
}

/** What a law is checked on. */
export interface StorageTrial {
  /** Open. Each of its calls must settle in time. */
  readonly storage: Storage;
  readonly bench: StorageBench;
  readonly wait: Waiting;
  /** A storage on a medium of its own, open. */
  other(): Promise<Storage>;
  /** The next storage on the medium, open if not told otherwise; a medium that was killed works again. */
  again(how?: "closed"): Promise<Storage>;
  /** Closes all that is open, and clears up. */
  end(): Promise<void>;
}

export async function openTrial(
  create: () => StorageBench | Promise<StorageBench>,
  patienceMs: number,
): Promise<StorageTrial> {
  const wait = createWaiting(patienceMs);
  const benches: StorageBench[] = [];
  const made: Storage[] = [];
  const own = (storage: Storage): Storage => {
    const held = patient(storage, wait);
    made.push(held);
    return held;
  };
  const start = async (): Promise<{ bench: StorageBench; storage: Storage }> => {
    const bench = await create();
    benches.push(bench);
    const storage = own(bench.storage);
    await storage.open();
    return { bench, storage };
  };
  const { bench, storage } = await start();
  return {
    ...{ storage, bench, wait },
    other: async () => (await start()).storage,
    async again(how) {
      expectThat(bench.again !== undefined, "the bench of what outlives its process needs `again`");
      const next = own(await bench.again());
      if (how !== "closed") await next.open();
      return next;
    },
    async end() {
      for (const each of made.toReversed()) await each.close().catch(() => {}); // it may have been killed
      for (const each of benches) await each.remove?.();
    },
  };
}

/** A call that never settles fails, and says which it was. */
export function patient(storage: Storage, { settled }: Waiting): Storage {
  return {
    supports: storage.supports,
    open: () => settled(storage.open(), "open should settle"),
    get: (key) => settled(storage.get(key), "get should settle"),
    scan: (range) => settled(storage.scan(range), "scan should settle"),
    write: (operations) => settled(storage.write(operations), "write should settle"),
    close: () => settled(storage.close(), "close should settle"),
  };
}
