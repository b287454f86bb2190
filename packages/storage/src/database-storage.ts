import type { Durability, Storage } from "@tidings/core";
import { promisifyRequest } from "idb-keyval";
import { failure } from "./failure.ts";
import { type Migration, openDatabase } from "./open-database.ts";
import { scanStore } from "./scan-store.ts";

export const STORE_NAME = "records";

/**
 * A storage in a database of the version `migrations` lead to. Whoever else wants to raise its version gets the database
 * at once; the next call here then says `storage/version`.
 */
export function databaseStorage(name: string, migrations: readonly Migration[]): Storage {
  let isOpen = false;
  let connection: Promise<IDBDatabase> | undefined;
  const underWay = new Set<Promise<unknown>>();

  const connect = (): Promise<IDBDatabase> => {
    const forget = (): void => {
      if (connection === connecting) connection = undefined;
    };
    const connecting = (connection ??= openDatabase(name, migrations).then((database) => {
      database.onclose = forget;
      database.onversionchange = () => {
        forget();
        database.close();
      };
      return database;
    }));
    connecting.catch(forget);
    return connecting;
  };

  /** WebKit closes connections of pages in the background, and does not always say so. */
  const begin = async (mode: IDBTransactionMode): Promise<IDBTransaction> => {
    // Without the option a write may resolve before anything is on the disk.
    const options = mode === "readwrite" ? { durability: "strict" as const } : undefined;
    try {
      return (await connect()).transaction(STORE_NAME, mode, options);
    } catch (error) {
      if (Object(error).name !== "InvalidStateError") throw error;
      connection = undefined;
      return (await connect()).transaction(STORE_NAME, mode, options);
    }
  };

  const use = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    const working = isOpen ? work() : Promise.reject(new Error("it is not open"));
    underWay.add(working);
    try {
      return await working;
    } catch (cause) {
      throw failure(`unable to ${doing} the database ${name}`, cause);
    } finally {
      underWay.delete(working);
    }
  };

  const read = <T>(work: (store: IDBObjectStore) => Promise<T>): Promise<T> =>
    use("read from", async () => work((await begin("readonly")).objectStore(STORE_NAME)));

  return {
    supports: { durability: durability() },
    async open() {
      try {
        await connect();
        isOpen = true;
      } catch (cause) {
        throw failure(`unable to open the database ${name}`, cause);
      }
    },
    get: (key) => read((store) => promisifyRequest<unknown>(store.get([...key]))),
    scan: (range) => read((store) => scanStore(store, range)),
    write: (operations) =>
      use("write to", async () => {
        const transaction = await begin("readwrite");
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
      isOpen = false;
      const closing = connection;
      connection = undefined;
      await Promise.allSettled(underWay); // those begun with the connection have begun their transaction by then
      (await closing?.catch(() => undefined))?.close();
    },
  };
}

/** A browser that does not know the option ignores it. */
function durability(): Durability {
  const isKnown = typeof IDBTransaction === "function" && "durability" in IDBTransaction.prototype;
  return isKnown ? "strict" : "relaxed";
}
