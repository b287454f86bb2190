import { deserialize, serialize } from "node:v8";
import { MessagingError, type Storage, type StorageKey } from "@tidings/core";
import Database from "libsql";

/** A storage on a SQLite file, whose quota can be filled while it is used. */
export interface QuotaDisk {
  readonly storage: Storage;
  /** Lets the file grow by so many pages of 4 KiB at most; `undefined` takes the bound away. */
  limit(pages: number | undefined): void;
}

/** Lower than whatever keys are made of. Not NUL, at which SQLite would end the text. */
const SEPARATOR = "\u0001";
const UNBOUNDED_PAGES = 1_000_000;

interface Row {
  readonly key: string;
  readonly value: Uint8Array;
}

export function openDisk(file: string): QuotaDisk {
  const database = new Database(file);
  for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "busy_timeout = 5000"])
    database.exec(`PRAGMA ${pragma}`);
  database.exec("CREATE TABLE IF NOT EXISTS rows (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
  const get = database.prepare("SELECT key, value FROM rows WHERE key = ?");
  const below = database.prepare("SELECT key, value FROM rows WHERE key >= ? AND key < ? ORDER BY key");
  const put = database.prepare("INSERT OR REPLACE INTO rows VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM rows WHERE key = ?");

  const storage: Storage = {
    supports: { durability: "strict" },
    open: async () => {},
    close: async () => {},
    async get(key) {
      const row = rowOf(get.get(nameOf(key)));
      return row && deserialize(row.value);
    },
    async scan({ prefix, after, limit = Infinity, reverse = false }) {
      const name = prefix.length === 0 ? "" : nameOf(prefix);
      const rows = below.all(name, `${name}\u{10ffff}`).flatMap((row) => rowOf(row) ?? []);
      const found = rows
        .map(({ key, value }) => [key.split(SEPARATOR), value] as const)
        .filter(([key]) => prefix.every((part, index) => part === key[index]));
      if (reverse) found.reverse();
      const start = after && nameOf(after);
      const isBeyond = ([key]: readonly [StorageKey, unknown]): boolean =>
        start === undefined || (reverse ? nameOf(key) < start : nameOf(key) > start);
      return found
        .filter(isBeyond)
        .slice(0, limit)
        .map(([key, value]) => [key, deserialize(value)] as const);
    },
    async write(operations) {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const operation of operations) {
          if (operation.type === "put") put.run(nameOf(operation.key), serialize(operation.value));
          else remove.run(nameOf(operation.key));
        }
        database.exec("COMMIT");
      } catch (cause) {
        rollBack(database);
        throw failureOf(cause);
      }
    },
  };
  return {
    storage,
    limit(pages) {
      const used = Number(Object(database.prepare("PRAGMA page_count").get()).page_count);
      database.exec(`PRAGMA max_page_count = ${pages === undefined ? UNBOUNDED_PAGES : used + pages}`);
    },
  };
}

function rollBack(database: InstanceType<typeof Database>): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}

function failureOf(cause: unknown): MessagingError {
  const isFull = /full/i.test(String(cause));
  return new MessagingError(isFull ? "storage/full" : "storage/failed", {
    message: `unable to write; ${String(cause)}`,
    cause,
  });
}

function nameOf(key: StorageKey): string {
  return key.join(SEPARATOR);
}

function rowOf(row: unknown): Row | undefined {
  if (typeof row !== "object" || row === null) return undefined;
  const { key, value }: Readonly<Record<string, unknown>> = { ...row };
  const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`the value of ${String(key)} is no bytes`);
  return { key: String(key), value: bytes };
}
