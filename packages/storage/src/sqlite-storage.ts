/** What must survive, kept in SQLite: for Node and Electron, through whichever driver an app has. */
import type { Storage } from "@tidings/core";
import { sqliteRecords, type SqliteDatabase } from "./sqlite-records.ts";

export type { SqliteDatabase, SqliteStatement } from "./sqlite-records.ts";

export interface SqliteStorageOptions {
  /** Opens the database: once for each `open`, and closed by `close`. One file per signed-in user. */
  readonly database: () => SqliteDatabase;
}

/** From nothing to the newest version. Only ever added to: each has run on somebody's device. */
const MIGRATIONS: readonly string[] = [
  "CREATE TABLE tidings_records (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
];

/**
 * Takes any handle shaped like that of better-sqlite3 (libsql, too). It touches only tables whose names begin with
 * `tidings_`, and sets the database to WAL with `synchronous = FULL`, so that a commit is on the disk when it returns.
 * Calls are synchronous inside: a write blocks the thread until the disk has answered, as these drivers do.
 *
 * Several processes may use one file at once.
 *
 * @example
 * ```ts
 * import { sqliteStorage } from "@tidings/storage/sqlite";
 * import Database from "libsql";
 *
 * const storage = sqliteStorage({ database: () => new Database("ada.db") });
 * ```
 */
export function sqliteStorage({ database }: SqliteStorageOptions): Storage {
  return sqliteRecords(database, MIGRATIONS);
}
