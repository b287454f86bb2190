/** What must survive, kept in the browser's IndexedDB: one database, one object store, the keys as they are. */
import type { Storage } from "@tidings/core";
import { databaseStorage, STORE_NAME } from "./database-storage.ts";
import type { Migration } from "./open-database.ts";

export interface IndexedDbStorageOptions {
  /** Of the database, which nothing else uses. One per signed-in user: it holds what they have not sent yet. */
  readonly name: string;
}

/** From nothing to the newest version. Only ever added to: each has run on somebody's device. */
const MIGRATIONS: readonly Migration[] = [(database) => void database.createObjectStore(STORE_NAME)];

/**
 * Several tabs may use one database at once: each `write` is a transaction of its own. An array of strings is a key to
 * IndexedDB and compares as the contract wants it, so nothing is encoded. A connection the browser closes is opened again
 * by the next call.
 *
 * `open` throws `storage/failed` where there is no IndexedDB (Node, some private windows) or it does not answer, and
 * `storage/version` if a newer version of the app has been here, as do all calls once one comes. Making a storage never
 * throws.
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
  return databaseStorage(name, MIGRATIONS);
}
