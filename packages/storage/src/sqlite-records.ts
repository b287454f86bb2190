import type { Storage, StorageRange } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { failure } from "./failure.ts";
import { boundsOf, fromText, toKey, toName, toText } from "./text.ts";

/** As much of a driver's handle as is used here. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

export interface SqliteStatement {
  run(...values: (string | number)[]): unknown;
  get(...values: (string | number)[]): unknown;
  all(...values: (string | number)[]): unknown[];
}

/** `fullfsync` is for macOS, where `fsync` leaves it in the cache of the disk. */
const SETTINGS = ["journal_mode = WAL", "synchronous = FULL", "fullfsync = 1", "busy_timeout = 5000"];

type Prepare = (sql: string) => SqliteStatement;

/** A storage in a database of the version `migrations` lead to. */
export function sqliteRecords(database: () => SqliteDatabase, migrations: readonly string[]): Storage {
  let opened: { readonly handle: SqliteDatabase; readonly prepare: Prepare } | undefined;

  const use = async <T>(doing: string, work: (prepare: Prepare, handle: SqliteDatabase) => T): Promise<T> => {
    try {
      if (!opened) throw new Error("it is not open");
      return work(opened.prepare, opened.handle);
    } catch (cause) {
      throw failure(`unable to ${doing} the database`, cause);
    }
  };

  return {
    supports: { durability: "strict" },
    async open() {
      if (opened) return;
      let handle: SqliteDatabase | undefined;
      try {
        handle = database();
        prepareDatabase(handle, migrations);
        opened = { handle, prepare: remembering(handle) };
      } catch (cause) {
        handle?.close();
        throw failure("unable to open the database", cause);
      }
    },
    get: (key) =>
      use("read from", (prepare) => {
        const row = prepare("SELECT value FROM tidings_records WHERE name = ?").get(toName(key));
        return row === undefined ? undefined : fromText(Object(row).value);
      }),
    scan: (range) =>
      use("read from", (prepare) => {
        const [condition, values] = conditionOf(range);
        const rows = prepare(`SELECT name, value FROM tidings_records WHERE ${condition}`).all(...values);
        return rows.map((row) => [toKey(Object(row).name), fromText(Object(row).value)] as const);
      }),
    write: (operations) =>
      use("write to", (prepare, handle) => {
        const changes = operations.map((each) => ({
          name: toName(each.key),
          text: each.type === "put" ? toText(each.value) : undefined,
        }));
        inTransaction(handle, () => {
          checkVersion(prepare, migrations); // another process may have gone further since it was opened here
          for (const { name, text } of changes) {
            if (text === undefined) prepare("DELETE FROM tidings_records WHERE name = ?").run(name);
            else prepare("INSERT OR REPLACE INTO tidings_records VALUES (?, ?)").run(name, text);
          }
        });
      }),
    async close() {
      const closing = opened;
      opened = undefined;
      closing?.handle.close();
    },
  };
}

type Values = readonly (string | number)[];

function conditionOf({ prefix, after, limit, reverse = false }: StorageRange): readonly [string, Values] {
  const [from, to] = boundsOf(prefix);
  const beyond = after === undefined ? [] : [toName(after)];
  const isBeyond = beyond.map(() => ` AND name ${reverse ? "<" : ">"} ?`);
  const order = `ORDER BY name ${reverse ? "DESC" : "ASC"} LIMIT ?`;
  return [
    `name >= ? AND name < ?${isBeyond.join()} ${order}`,
    [from, to, ...beyond, limit === undefined || limit === Infinity ? -1 : limit],
  ];
}

/** Statements by their text: there are few, and preparing one takes longer than running it. */
function remembering(handle: SqliteDatabase): Prepare {
  const prepared = new Map<string, SqliteStatement>();
  return (sql) => {
    const statement = prepared.get(sql) ?? handle.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
}

function inTransaction(handle: SqliteDatabase, work: () => void): void {
  handle.exec("BEGIN IMMEDIATE");
  try {
    work();
    handle.exec("COMMIT");
  } catch (error) {
    try {
      handle.exec("ROLLBACK");
    } catch {
      // SQLite has done so itself, as it does when the disk is full
    }
    throw error;
  }
}

function prepareDatabase(handle: SqliteDatabase, migrations: readonly string[]): void {
  for (const setting of SETTINGS) handle.exec(`PRAGMA ${setting}`);
  inTransaction(handle, () => {
    handle.exec("CREATE TABLE IF NOT EXISTS tidings_version (version INTEGER NOT NULL)");
    const prepare: Prepare = (sql) => handle.prepare(sql);
    const found = checkVersion(prepare, migrations);
    for (const sql of migrations.slice(found)) handle.exec(sql);
    if (found === migrations.length) return;
    handle.exec("DELETE FROM tidings_version");
    prepare("INSERT INTO tidings_version VALUES (?)").run(migrations.length);
  });
}

/** @returns the version there is. @throws {MessagingError} `storage/version` */
function checkVersion(prepare: Prepare, { length }: readonly string[]): number {
  const version = Number(Object(prepare("SELECT version FROM tidings_version").get()).version ?? 0);
  if (version <= length) return version;
  const message = `unable to use the database; it is of version ${version}, and this is version ${length}`;
  throw new MessagingError("storage/version", { message });
}
