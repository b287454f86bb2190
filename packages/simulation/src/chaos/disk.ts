import type { Storage } from "@tidings/core";
import { sqliteStorage } from "@tidings/storage/sqlite";
import Database from "libsql";

/** A storage on a SQLite file, whose quota can be filled while it is used. */
export interface QuotaDisk {
  readonly storage: Storage;
  /** Lets the file grow by so many pages of 4 KiB at most; `undefined` takes the bound away. Answers whether it does so now. */
  limit(pages: number | undefined): boolean;
}

const UNBOUNDED_PAGES = 1_000_000;

export function openDisk(file: string): QuotaDisk {
  let database: InstanceType<typeof Database> | undefined;
  const open = (): InstanceType<typeof Database> => (database = new Database(file));
  return {
    storage: sqliteStorage({ database: open }),
    limit(pages) {
      if (!database) return false;
      const used = Number(Object(database.prepare("PRAGMA page_count").get()).page_count);
      database.exec(`PRAGMA max_page_count = ${pages === undefined ? UNBOUNDED_PAGES : used + pages}`);
      return true;
    },
  };
}
