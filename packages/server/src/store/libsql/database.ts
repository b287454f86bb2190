import Libsql from "libsql";

/** Never null: as the only value, the driver takes it for an object of named ones. */
export type Value = string | number | null;

/** A prepared statement whose rows are `Row`s: the one place where rows get a type. */
export interface Statement<Row> {
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): Row[];
  run(...values: readonly Value[]): void;
}

export interface Connection {
  readonly prepare: <Row = never>(sql: string) => Statement<Row>;
  readonly exec: (sql: string) => void;
  readonly close: () => void;
}

/** The name of a database that no other connection has, and that is gone with its own. */
export const MEMORY = ":memory:";

/**
 * @param file - a path, or `MEMORY`.
 * @throws {Error} if the file cannot be opened or is not a database.
 */
export function openConnection(file: string): Connection {
  const database = new Libsql(file);
  // An ack promises that the commit survives a power cut: in WAL mode only FULL flushes the log at each commit.
  for (const setting of [
    "journal_mode = WAL",
    "synchronous = FULL",
    "busy_timeout = 5000",
    "cache_size = -16384",
  ]) {
    database.exec(`PRAGMA ${setting}`);
  }
  return {
    prepare<Row>(sql: string): Statement<Row> {
      const statement = database.prepare(sql);
      return {
        get: (...values) => statement.get(...values) as Row | undefined,
        all: (...values) => statement.all(...values) as Row[],
        run: (...values) => void statement.run(...values),
      };
    },
    exec: (sql) => void database.exec(sql),
    close: () => void database.close(),
  };
}
