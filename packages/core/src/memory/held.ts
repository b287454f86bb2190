import { copyOf } from "../base/copy.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Storage, StorageKey, StorageOperation, StorageRange } from "../ports/storage.ts";
import { copied, memoryStorage } from "./storage.ts";

/** What a scan finds. */
export type Entries = Awaited<ReturnType<Storage["scan"]>>;

/** Writes that are not on storage yet, and what reading gives with them on top. */
export interface Held {
  /** How many keys they are about. */
  readonly size: number;
  /** @throws {MessagingError} `storage/full` beyond the bound (D9) */
  take(operations: readonly StorageOperation[]): void;
  get(key: StorageKey, below: () => Promise<unknown>): Promise<unknown>;
  scan(range: StorageRange, below: (range: StorageRange) => Promise<Entries>): Promise<Entries>;
  /** All of them as one write; they are held no more once it has resolved. */
  storeIn(storage: Storage): Promise<void>;
}

const MOST_HELD = 10_000;

export function createHeld(): Held {
  /** The last write of each key, in the order of the last writes. */
  const operations = new Map<string, StorageOperation>();

  return {
    get size() {
      return operations.size;
    },
    take(given) {
      const isMore = given.some(({ type }) => type === "put");
      if (isMore && operations.size + given.length > MOST_HELD) {
        const message = `unable to hold more than ${MOST_HELD} entries in memory; storage fails`;
        throw new MessagingError("storage/full", { message });
      }
      for (const operation of copied(given)) {
        const name = JSON.stringify(operation.key);
        operations.delete(name);
        operations.set(name, operation);
      }
    },
    async get(key, below) {
      const operation = operations.get(JSON.stringify(key));
      if (!operation) return below();
      return operation.type === "put" ? copyOf(operation.value) : undefined;
    },
    async scan(range, below) {
      if (operations.size === 0) return below(range);
      const merged = memoryStorage();
      const found = await below({ prefix: range.prefix }); // without a limit: some of it may be gone
      await merged.write(found.map(([key, value]) => ({ type: "put", key, value })));
      await merged.write([...operations.values()]);
      return merged.scan(range);
    },
    async storeIn(storage) {
      const stored = [...operations];
      if (stored.length > 0) await storage.write(stored.map(([, operation]) => operation));
      for (const [name, operation] of stored) if (operations.get(name) === operation) operations.delete(name);
    },
  };
}
