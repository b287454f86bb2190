import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStorage } from "@tidings/core";
import { type StorageBench, storageConformance } from "@tidings/core/testing";
import * as fc from "fast-check";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SqliteDatabase, sqliteRecords } from "./sqlite-records.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

let folder = "";
let files = 0;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "tidings-sqlite-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const newFile = (): string => join(folder, `${(files += 1)}.db`);

const FIRST =
  "CREATE TABLE tidings_records (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID";
const MIGRATIONS = [FIRST, "ALTER TABLE tidings_records ADD COLUMN later TEXT", "ALTER TABLE tidings_records DROP COLUMN later"]; // prettier-ignore

function createBench(): StorageBench {
  const file = newFile();
  const handles: SqliteDatabase[] = [];
  let version = 1;
  const database = (): SqliteDatabase => {
    const handle = new Database(file);
    handles.push(handle);
    return handle;
  };
  const limitPages = (pages: number): void => void handles.at(-1)?.exec(`PRAGMA max_page_count = ${pages}`);
  return {
    storage: sqliteStorage({ database }),
    again: () => sqliteRecords(database, MIGRATIONS.slice(0, version)),
    fill: () => limitPages(1), // never below what there is
    free: () => limitPages(1_000_000),
    async outdate() {
      const newer = sqliteRecords(database, MIGRATIONS);
      await newer.open();
      await newer.close();
    },
    update: () => (version = MIGRATIONS.length),
  };
}

describe("sqliteStorage", () => {
  storageConformance({
    ...{ describe, it, name: "sqliteStorage", report: () => {}, create: createBench },
    supports: { durability: "strict", shared: true, quota: true, versions: true },
  });

  it("scans any range as memoryStorage does", async () => {
    const parts = fc.constantFrom("", "a", "a\0", "b", "\u{1f600}", "\ue000", "\uffff", "\ud800");
    const keys = fc.array(parts, { maxLength: 3 });
    const range = fc.record(
      { prefix: keys, after: keys, limit: fc.nat(5), reverse: fc.boolean() },
      { requiredKeys: ["prefix"] },
    );
    const ranges = fc.array(range, { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(fc.array(keys, { maxLength: 20 }), ranges, async (all, asked) => {
        const storage = sqliteStorage({ database: () => new Database(":memory:") });
        const model = memoryStorage();
        await storage.open();
        const puts = all.map((key, value) => ({ type: "put", key, value }) as const);
        await Promise.all([storage.write(puts), model.write(puts)]);
        for (const each of asked) expect(await storage.scan(each)).toEqual(await model.scan(each));
        await storage.close();
      }),
      { numRuns: 100 },
    );
  });

  it("lets no commit return before it is on the disk", async () => {
    let handle: SqliteDatabase | undefined;
    const storage = sqliteStorage({ database: () => (handle = new Database(newFile())) });
    await storage.open();
    expect(handle?.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 2 });
    expect(handle?.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
    await storage.close();
  });

  it("leaves the tables of the app alone", async () => {
    const file = newFile();
    const theirs = new Database(file);
    theirs.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine'); PRAGMA user_version = 7");
    const storage = sqliteStorage({ database: () => new Database(file) });
    await storage.open();
    await storage.write([{ type: "put", key: ["a"], value: 1 }]);
    expect(theirs.prepare("SELECT text FROM notes").get()).toMatchObject({ text: "mine" });
    expect(theirs.prepare("PRAGMA user_version").get()).toMatchObject({ user_version: 7 });
    await storage.close();
    theirs.close();
  });

  it("brings what is there to the newest version, and notices one that comes while it is open", async () => {
    const file = newFile();
    const database = (): SqliteDatabase => new Database(file);
    const old = sqliteStorage({ database });
    await old.open();
    await old.write([{ type: "put", key: ["a"], value: 1 }]);
    const newer = sqliteRecords(database, MIGRATIONS);
    await newer.open();
    expect(await newer.get(["a"])).toBe(1);
    const writing = old.write([{ type: "put", key: ["a"], value: "old" }]);
    await expect(writing).rejects.toMatchObject({ code: "storage/version" });
    expect(await newer.get(["a"])).toBe(1);
    await Promise.all([old.close(), newer.close()]);
  });

  it("is storage/failed where there is no file to be had, or something else in it", async () => {
    const nowhere = sqliteStorage({ database: () => new Database(join(folder, "none", "a.db")) });
    await expect(nowhere.open()).rejects.toMatchObject({ code: "storage/failed", retryable: true });
    const file = newFile();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(file, "this is no database ".repeat(100));
    const damaged = sqliteStorage({ database: () => new Database(file) });
    await expect(damaged.open()).rejects.toMatchObject({ code: "storage/failed" });
  });
});
