/** What must survive, kept in the browser's IndexedDB: one database, one object store, the keys as they are. */
import type { Durability, Storage } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { createStore, promisifyRequest, type UseStore } from "idb-keyval";
import { scanStore } from "./scan-store.ts";

export interface IndexedDbStorageOptions {
  /** Of the database, which nothing else uses. One per signed-in user: it holds what they have not sent yet. */
  readonly name: string;
}

const STORE_NAME = "records";

/**
 * Several tabs may use one database at once: each `write` is a transaction of its own. An array of strings is a key to
 * IndexedDB and compares as the contract wants it, so nothing is encoded. A connection the browser closes is opened again
 * by the next call.
 *
 * `open` throws `storage/failed` where there is no IndexedDB (Node, some private windows); making a storage never throws.
 *
 * @example
 * ```ts
 * import { createClient } from "@tidings/core";
 * import { memoryTransport } from "@tidings/core/memory";
 * import { indexedDbStorage } from "@tidings/storage/indexeddb";
 *
 * const client = createClient({ transport: memoryTransport(), storage: indexedDbStorage({ name: "my-app" }) });
 * ```
 */
export function indexedDbStorage({ name }: IndexedDbStorageOptions): Storage {
  let opened: UseStore | undefined;

  const use = async <T>(doing: string, work: (store: IDBObjectStore) => Promise<T>): Promise<T> => {
    try {
      if (!opened) throw new Error("it is not open");
      return await opened("readonly", work);
    } catch (cause) {
      throw failure(`unable to ${doing} the database ${name}`, cause);
    }
  };

  return {
    supports: { durability: durability() },
    async open() {
      opened ??= createStore(name, STORE_NAME);
      try {
        await use("open", async () => {});
      } catch (error) {
        opened = undefined; // nothing to close
        throw error;
      }
    },
    get: (key) => use("read from", (store) => promisifyRequest<unknown>(store.get([...key]))),
    scan: (range) => use("read from", (store) => scanStore(store, range)),
    write: (operations) =>
      use("write to", async ({ transaction: { db } }) => {
        // idb-keyval begins transactions without options; "default" may resolve before anything is on the disk.
        const transaction = db.transaction(STORE_NAME, "readwrite", { durability: "strict" });
        const committed = promisifyRequest(transaction);
        // The error of a request arrives here first, and then aborts the transaction, which only then knows why.
        transaction.onerror = null;
        const store = transaction.objectStore(STORE_NAME);
        try {
          for (const { key, ...put } of operations) {
            if (put.type === "put") store.put(put.value, [...key]);
            else store.delete([...key]);
          }
        } catch (cause) {
          transaction.abort();
          await committed.catch(() => {});
          throw cause;
        }
        await committed;
      }),
    async close() {
      if (!opened) return;
      const closing = use("close", async ({ transaction: { db } }) => db.close());
      opened = undefined;
      await closing;
    },
  };
}

/** A browser that does not know the option ignores it. */
function durability(): Durability {
  const isKnown = typeof IDBTransaction === "function" && "durability" in IDBTransaction.prototype;
  return isKnown ? "strict" : "relaxed";
}

function failure(attempt: string, cause: unknown): MessagingError {
  const { name, message } = cause instanceof Error ? cause : new Error("the browser does not say why");
  return new MessagingError(name === "QuotaExceededError" ? "storage/full" : "storage/failed", {
    message: `${attempt}; ${message || name}`,
    retryable: name === "DataCloneError" ? false : undefined,
    cause,
  });
}
