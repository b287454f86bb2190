import { describe, expect, it } from "vitest";
import { createServer } from "../../src/create-server.ts";
import { openLibsqlStore } from "../../src/store/index.ts";
import { message } from "../support/raw-client.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { searchSuite } from "./search-suite.ts";
import { storeSuite } from "./store-suite.ts";
import { type StoreFactory, Workbench } from "./workbench.ts";

const files = new WeakMap<object, string>();

function open(file: string): ReturnType<typeof openLibsqlStore> {
  const store = openLibsqlStore({ file });
  files.set(store, file);
  return store;
}

const factory: StoreFactory = {
  open: async () => open(temporaryFile("data.db")),
  async reopen(store) {
    await store.close();
    return open(files.get(store) ?? "");
  },
};
storeSuite("libsql", factory);
searchSuite("libsql", factory);

describe("the libsql store on its file", () => {
  it("stays right when another process writes to the same file", async () => {
    const file = temporaryFile("shared.db");
    const one = new Workbench(open(file));
    const other = new Workbench(open(file));
    await one.group("a", "ada", "bob");
    for (let round = 0; round < 5; round += 1) {
      await one.said("ada", "a", "from one");
      await other.said("bob", "a", "from the other");
    }
    const { messages } = await one.query("ada", { type: "history", conversationId: "a", limit: 100 });
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await one.store.close();
    await other.store.close();
  });

  it("keeps in its index of words nothing of what is gone", async () => {
    const file = temporaryFile("gone.db");
    const bench = new Workbench(open(file));
    await bench.goneInEveryWay();
    await bench.store.close();
    const { default: Database } = await import("libsql");
    const database = new Database(file);
    const of = (word: string): number =>
      database.prepare("SELECT rowid FROM searchable WHERE searchable MATCH ?").all(`words : ${word}`).length;
    expect([of("gone"), of("kept")]).toEqual([0, 1]);
    database.close();
  });

  it("finds what was said last, also by a server that comes after one that was killed", async () => {
    const file = temporaryFile("behind.db");
    const killed = new Workbench(open(file));
    await killed.group("a", "ada", "bob");
    for (let said = 1; said <= 20; said += 1) await killed.said("ada", "a", `word${said} said`);
    const edited = await killed.said("ada", "a", "before");
    const change = { type: "message.edit", conversationId: "a", messageId: edited } as const;
    const next = new Workbench(open(file));
    const find = async (bench: Workbench, text: string): Promise<number> =>
      (await bench.query("bob", { type: "search", text, limit: 50 })).items.length;
    expect([await find(next, "word20"), await find(next, "said")]).toEqual([1, 20]);
    await killed.accepted("ada", { ...change, content: { text: "after" } });
    expect([await find(killed, "before"), await find(killed, "after")]).toEqual([0, 1]);
    await Promise.all([killed.store.close(), next.store.close()]);
  });

  it("finds all but the newest while another process writes", async () => {
    const file = temporaryFile("taken.db");
    const bench = new Workbench(open(file));
    await bench.group("a", "ada");
    await bench.said("ada", "a", "words of before");
    const find = async (text: string): Promise<number> =>
      (await bench.query("ada", { type: "search", text, limit: 9 })).items.length;
    expect(await find("before")).toBe(1);
    await bench.said("ada", "a", "words of now");
    const { default: Database } = await import("libsql");
    const other = new Database(file);
    other.exec("BEGIN IMMEDIATE");
    expect(await find("words")).toBe(1);
    other.exec("ROLLBACK");
    other.close();
    expect(await find("words of")).toBe(2);
    await bench.store.close();
  });

  it("[D9] looks at no more messages for figures than hold up everybody else for a moment", async () => {
    const bench = new Workbench(open(temporaryFile("busy.db")));
    await bench.group("a", "ada");
    const said = { type: "message.send", conversationId: "a", kind: "text", content: { text: "x" } } as const;
    for (let batch = 0; batch < 21; batch += 1)
      await bench.commit(...Array.from({ length: 1_000 }, () => bench.submission("ada", said)));
    const figures = await bench.store.figures?.({
      ...{ conversationId: "a", since: 0, until: bench.at + 1, offsetMs: 0 },
    });
    expect(figures?.total.messages).toBe(20_000);
    expect(figures?.days).toMatchObject([{ messages: 20_000 }]);
    await bench.store.close();
  }, 60_000);

  it("indexes for search what an older version has kept", async () => {
    const file = temporaryFile("older.db");
    const before = new Workbench(open(file));
    await before.group("a", "ada", "bob");
    await before.said("ada", "a", "said before there was an index");
    await before.store.close();
    const { default: Database } = await import("libsql");
    const older = new Database(file);
    older.exec(`DROP TABLE unindexed; DROP TABLE erasures; DROP INDEX messages_by_origin; ALTER TABLE messages DROP COLUMN origin_id;
      DROP INDEX conversations_retained; ALTER TABLE conversations DROP COLUMN has_retention;
      DROP TABLE previews; DROP TABLE push_targets; DROP TABLE case_flags; DROP TABLE cases; DROP TABLE files; DROP TABLE shown_files; DROP TABLE notes; DROP INDEX messages_by_thread; DROP INDEX messages_pinned;
      ALTER TABLE messages DROP COLUMN thread_id; ALTER TABLE messages DROP COLUMN pinned_at; DROP TRIGGER searchable_gone; DROP TRIGGER searchable_deleted; DROP TABLE searchable;
      ALTER TABLE messages DROP COLUMN created_at; PRAGMA user_version = 3`);
    older.close();
    const bench = new Workbench(open(file));
    const since = before.at;
    const { items } = await bench.query("bob", { type: "search", text: "before ind", since, limit: 5 });
    expect(items).toHaveLength(1);
    await bench.store.close();
  });

  it("knows whose words were told on before it wrote that down", async () => {
    const file = temporaryFile("untold.db");
    const before = new Workbench(open(file));
    await before.group("a", "ada", "bob");
    const messageId = await before.said("bob", "a", "a secret of old");
    const forward = { conversationId: "a", messageId };
    await before.accepted("ada", { ...message("a", ""), forward });
    await before.store.close();
    const { default: Database } = await import("libsql");
    const older = new Database(file);
    older.exec(`DROP TABLE unindexed; DROP TABLE erasures; DROP INDEX messages_by_origin; ALTER TABLE messages DROP COLUMN origin_id;
      PRAGMA user_version = 15`);
    older.close();
    const bench = new Workbench(open(file));
    await bench.store.upkeep?.forget("bob", 7);
    const history = await bench.query("ada", { type: "history", conversationId: "a", limit: 5 });
    expect(JSON.stringify(history)).not.toContain("secret");
    await bench.store.close();
  });

  it("refuses to change or delete an entry of the audit log, whoever asks", async () => {
    const file = temporaryFile("audit.db");
    const bench = new Workbench(open(file));
    await bench.store.audit?.note({ at: 1, actorId: "ada", action: "user.export", subject: "bob" });
    const { default: Database } = await import("libsql");
    const meddler = new Database(file);
    expect(() => meddler.exec("DELETE FROM audit")).toThrow("only added to");
    expect(() => meddler.exec("UPDATE audit SET action = 'token.issue'")).toThrow("only added to");
    meddler.close();
    expect((await bench.store.audit?.page({ limit: 10 }))?.items).toHaveLength(1);
    await bench.store.close();
  });

  it("commits nothing of a batch that cannot be written, and goes on", async () => {
    const file = temporaryFile("full.db");
    const bench = new Workbench(open(file));
    await bench.group("a", "ada");
    const { default: Database } = await import("libsql");
    const meddler = new Database(file);
    meddler.exec("CREATE TRIGGER full BEFORE INSERT ON messages BEGIN SELECT RAISE(FAIL, 'disk full'); END");
    await expect(bench.said("ada", "a", "lost?")).rejects.toThrow("disk full");
    meddler.exec("DROP TRIGGER full");
    meddler.close();
    const ack = await bench.accepted("ada", message("a", "kept"));
    expect(ack.changes).toMatchObject([{ rev: 3, record: { seq: 1 } }]);
    await bench.store.close();
  });

  it("works on a schema that a newer version has added to, as after a rollback, and says so once", async () => {
    const file = temporaryFile("rollback.db");
    const before = new Workbench(open(file));
    await before.group("a", "ada");
    await before.store.close();
    const { default: Database } = await import("libsql");
    const newer = new Database(file);
    newer.exec("ALTER TABLE messages ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'; PRAGMA user_version = 99");
    const versionNow = (): unknown => newer.prepare("PRAGMA user_version").get();
    const lines: unknown[] = [];
    const note = (fields: object, event: string): void => void lines.push([event, fields]);
    const server = await createServer({
      ...{ dataFile: file, port: 0 },
      log: { debug: () => {}, info: () => {}, error: note, warn: note },
    });
    await server.close();
    expect(lines).toEqual([
      ["development mode", expect.anything()],
      ["newer schema", { migrations: expect.arrayContaining(["99"]) }],
    ]);
    const bench = new Workbench(open(file));
    await bench.said("ada", "a", "said by the version before");
    await bench.store.close();
    expect(versionNow()).toMatchObject({ user_version: 99 });
    newer.exec("UPDATE meta SET value = 99 WHERE name = 'oldest_schema'");
    newer.close();
    expect(() => open(file)).toThrow(/newer.*restore a backup/u);
  });

  it("refuses a database of a newer version, and a file that is none", async () => {
    const file = temporaryFile("newer.db");
    const { default: Database } = await import("libsql");
    const newer = new Database(file);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    expect(() => openLibsqlStore({ file })).toThrow("newer");
    expect(() => openLibsqlStore({ file: "/nowhere/at/all.db" })).toThrow("open");
  });

  it("answers a command that makes the rules throw, once and for all, and none of its neighbours", async () => {
    const defects: unknown[] = [];
    const bench = new Workbench(openLibsqlStore({ onDefect: (error) => defects.push(error) }));
    await bench.group("a", "ada");
    const poison = bench.submission("ada", message("a", "poison"));
    Object.defineProperty(poison.context, "limits", {
      get() {
        throw new Error("a defect");
      },
    });
    const [first, second, third] = await bench.commit(
      bench.submission("ada", message("a", "1")),
      poison,
      bench.submission("ada", message("a", "2")),
    );
    expect(first).toMatchObject({ ok: true });
    expect(second).toMatchObject({ ok: false, code: "server/internal", retryable: false });
    expect(third).toMatchObject({ ok: true, head: { seq: 2 } });
    expect(defects).toHaveLength(1);
  });
});
