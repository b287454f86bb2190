import { BoundedMap } from "../../bounded-map.ts";
import type { Connection } from "./database.ts";
import type { Rows } from "../rows.ts";
import { type Caches, WorkingSet } from "../working-set.ts";

export interface Transactions {
  /** Runs what `prepare` gives, writes what it changed, commits. If anything throws, nothing happened. */
  write<Result>(prepare: () => Prepared<Result>): Result;
  /** Runs what writes past the working set; what is remembered of the tables is void afterwards. */
  maintain<Result>(work: () => Result): Result;
  /** Runs what writes to tables that the working set has no part of. */
  aside<Result>(work: () => Result): Result;
  /** Everything `work` reads is of one moment. */
  read<Result>(work: () => Result): Result;
}

/** Work on a working set; `unusedIds` are known to be no message's. */
export interface Prepared<Result> {
  readonly unusedIds: ReadonlySet<string>;
  readonly run: (work: WorkingSet) => Result;
}

export function createTransactions(connection: Connection, tables: Rows): Transactions {
  // Prepared, it would be left under way where another process is writing, and nothing could be committed any more.
  const begin = (): void => connection.exec("BEGIN IMMEDIATE");
  const beginReading = connection.prepare("BEGIN");
  const commit = connection.prepare("COMMIT");
  const rollback = connection.prepare("ROLLBACK");
  const dataVersion = connection.prepare<{ data_version: number }>("PRAGMA data_version");
  let caches = createCaches();
  let seenVersion: number | undefined;

  /** The number moves when another connection wrote to the file; what we remember of it is then void. */
  const validateCaches = (): void => {
    const version = dataVersion.get()?.data_version;
    if (version !== seenVersion) caches = createCaches();
    seenVersion = version;
  };

  const within = <Result>(run: () => Result): Result => {
    try {
      const result = run();
      commit.run();
      return result;
    } catch (error) {
      try {
        rollback.run();
      } catch {
        // SQLite has rolled back by itself (disk full, I/O error).
      }
      throw error;
    }
  };

  return {
    write(prepare) {
      begin();
      let work: WorkingSet | undefined;
      const result = within(() => {
        validateCaches();
        const { unusedIds, run } = prepare();
        work = new WorkingSet(tables, caches, unusedIds);
        const outcome = run(work);
        work.write();
        return outcome;
      });
      work?.publish();
      return result;
    },
    maintain(run) {
      begin();
      const result = within(run);
      caches = createCaches();
      return result;
    },
    aside(run) {
      begin();
      return within(run);
    },
    read(run) {
      beginReading.run();
      return within(run);
    },
  };
}

/** Bounds of what is remembered of a database, in rows: some tens of megabytes when full. */
function createCaches(): Caches {
  return {
    conversations: new BoundedMap(5_000),
    participants: new BoundedMap(20_000),
    messages: new BoundedMap(2_000),
    receipts: new BoundedMap(20_000),
  };
}
