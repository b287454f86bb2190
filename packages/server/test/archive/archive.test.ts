import { symlinkSync } from "node:fs";
import { notebookOf } from "@tidings/core/protocol";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportArchive } from "../../src/archive/export-archive.ts";
import { importArchive, type ImportOutcome } from "../../src/archive/import-archive.ts";
import type { ArchiveScope } from "../../src/store/archive.ts";
import { openConnection } from "../../src/store/libsql/database.ts";
import { openLibsqlStore } from "../../src/store/index.ts";
import { migratePostgres, openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import type { Store } from "../../src/store/store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { newId } from "../support/raw-client.ts";
import { Workbench } from "../store/workbench.ts";
import { chunksOf, conversation, header, type Line, sealed } from "./archive-text.ts";
import { PEOPLE, PLACES, randomHistory } from "./random-history.ts";

let postgres: PostgresService | undefined;
let blank: string | undefined;
const opened: Store[] = [];

beforeAll(async () => {
  if (!hasPostgres()) return;
  postgres = await startPostgres();
  blank = await postgres.database();
  await migratePostgres(blank);
}, 60_000);
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await postgres?.close();
}, 60_000);

const stores = {
  libsql: async (): Promise<Store> => openLibsqlStore({ file: temporaryFile("data.db") }),
  PostgreSQL: async (): Promise<Store> =>
    openPostgresStore({ url: (await postgres?.database(blank)) ?? "", connections: 2 }),
};

async function open(kind: keyof typeof stores): Promise<Store> {
  const store = await stores[kind]();
  opened.push(store);
  return store;
}

async function exported(store: Store, scope: ArchiveScope = { of: "server" }): Promise<string> {
  const found = store.archive && (await exportArchive(scope, store.archive, { at: 1 }));
  if (!found) throw new Error("there is nothing");
  let text = "";
  for await (const chunk of found.text) text += chunk;
  return text;
}

function take(store: Store, text: string): Promise<ImportOutcome> {
  return importArchive({ store, open: chunksOf(text), at: 2 });
}

/** Of a store that was not opened again, what is in it; epochs of the database itself. */
async function contents(store: Store): Promise<readonly string[]> {
  const text = await exported(store);
  return [...rowsOf(text), text.slice(0, text.indexOf("\n"))];
}

/** All rows, whatever order a store lists them in; the import itself is in the log of where it went. */
function rowsOf(text: string): readonly string[] {
  return text
    .trim()
    .split("\n")
    .slice(1, -1)
    .filter((line) => !line.includes("server.import"))
    .map((line) => canonical(JSON.parse(line)))
    .toSorted();
}

/** What each person sees, in every way there is. */
async function seen(store: Store): Promise<readonly string[]> {
  const bench = new Workbench(store);
  const all: unknown[] = [];
  for (const isOpen of [true, false])
    all.push(await store.cases?.page({ isOpen, order: "urgent", limit: 100 }));
  for (const reader of PEOPLE) {
    const listed = await bench.query(reader, { type: "conversations", limit: 100 });
    all.push(listed, await store.memberships(reader), await store.blocks?.(reader));
    const notes = { type: "notes", conversationId: notebookOf(reader), limit: 100 } as const;
    all.push(await store.query(reader, notes));
    for (const word of ["tea", "naïve", "کتاب"])
      all.push(await bench.query(reader, { type: "search", text: word, limit: 50 }));
    for (const conversationId of PLACES) {
      const on = { conversationId, limit: 100 };
      for (const query of [
        { type: "history", ...on } as const,
        { type: "changes", ...on, afterRev: 0 } as const,
        { type: "changes", ...on, afterRev: 60 } as const,
        { type: "participants", ...on } as const,
        { type: "receipts", ...on } as const,
        { type: "pins", ...on } as const,
      ])
        all.push(await store.query(reader, query));
      const history = await store.query(reader, { type: "history", ...on });
      if (!history.ok || !("messages" in history.result)) continue;
      for (const { id: messageId, version, reactions } of history.result.messages) {
        if (version > 0) all.push(await store.query(reader, { type: "versions", conversationId, messageId }));
        for (const { emoji } of reactions)
          all.push(await store.query(reader, { type: "reactors", ...on, messageId, emoji }));
        all.push(await store.query(reader, { type: "thread", ...on, threadId: messageId }));
      }
    }
  }
  return all.map(canonical);
}

/** JSON by which equal values are equal, whatever order their fields are in; epochs differ. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (name, item: unknown) => {
    if (name === "epoch") return undefined;
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}

describe("an archive", () => {
  it.each([1, 2])(
    "[D1, D3] shows everybody the same in another store, and in a third, by seed %i (row D25)",
    async (seed) => {
      const source = await open("libsql");
      await randomHistory(new Workbench(source), seed);
      const text = await exported(source);
      const before = await seen(source);
      let last = text;
      for (const kind of hasPostgres() && seed === 1
        ? (["PostgreSQL", "libsql"] as const)
        : (["libsql"] as const)) {
        const target = await open(kind);
        expect(await take(target, last)).toMatchObject({ isNew: true });
        expect(await seen(target)).toEqual(before);
        last = await exported(target);
        expect(rowsOf(last)).toEqual(rowsOf(text));
      }
    },
    120_000,
  );

  const kinds = hasPostgres() ? (["libsql", "PostgreSQL"] as const) : (["libsql"] as const);

  it("[E7, E8, E9] is taken in whole and once, or not at all, and begins another epoch", async () => {
    const [tea = {}, ada = {}, first = {}] = conversation("tea", 1);
    const right = sealed([header, tea, ada, first]);
    for (const kind of kinds) {
      const store = await open(kind);
      const bench = new Workbench(store);
      // A lobby in which nobody is gives way; what people are in does not.
      await bench.accepted(
        "system",
        { type: "conversation.create", conversationId: "tea", kind: "community" },
        { system: true },
      );
      await bench.group("work", "ada", "ben");
      await bench.said("ada", "work", "said here");
      const before = await contents(store);
      const mark = {
        type: "reaction",
        messageId: (await historyOf(bench, "work"))[0]?.id ?? "",
        userId: "ben",
        emoji: "👍",
      };
      for (const [text, code, reason] of [
        [right.slice(0, -9), "archive/damaged", "line 5: the file is cut off here"],
        [
          sealed([header, tea, ada, first, ...conversation("work")]),
          "archive/conflict",
          "line 5: a conversation",
        ],
        [
          sealed([header, tea, ada, first, ...conversation("tea")]),
          "archive/conflict",
          "line 5: a conversation",
        ],
        [
          sealed([header, { ...tea, head: { rev: 4, seq: 2 } }, ada, first, { ...first, seq: 2, rev: 4 }]),
          "archive/conflict",
          "line 5: a message",
        ],
        [
          sealed([header, tea, ada, first, mark]),
          "archive/malformed",
          `line 5: ${mark.messageId} is not among`,
        ],
        [sealed([header, tea, ada, first, answer, answer]), "archive/conflict", "something of lines 2 to 6"],
        [
          sealed([header, tea, ada, { ...first, reactions: [liked] }, like(first), like(first)]),
          "archive/conflict",
          "something of lines 2 to 6",
        ],
      ] as const) {
        await expect(take(store, text)).rejects.toMatchObject({
          code,
          message: expect.stringContaining(reason),
        });
        expect(await contents(store)).toEqual(before);
      }
      expect(await imports(store)).toBe(0);
      expect(await take(store, right)).toEqual({ lines: 3, isNew: true, erased: 0 });
      const after = await contents(store);
      expect(after.at(-1)).not.toBe(before.at(-1));
      expect(await take(store, right)).toEqual({ lines: 3, isNew: false, erased: 0 });
      expect(await contents(store)).toEqual(after);
      expect(await imports(store)).toBe(1);
      expect(await historyOf(bench, "tea")).toMatchObject([{ content: { text: "number 1" }, seq: 1 }]);
      await bench.accepted("ada", { type: "participant.add", conversationId: "tea", userId: "ben" });
      const [one, two] = [
        await bench.said("ben", "tea", "and on"),
        await bench.said("ada", "work", "here too"),
      ];
      const found = await bench.query("ada", { type: "search", text: "on", limit: 9 });
      expect(found.items.map(({ message }) => message.id)).toEqual([one]);
      expect(two).not.toBe(one);
    }
  }, 60_000);

  it("holds its moment no longer than somebody reads it, and not where nobody began to", async () => {
    const file = temporaryFile("data.db");
    const url = (await postgres?.database(blank)) ?? "";
    const database = openConnection(file);
    const pool = url === "" ? undefined : new Pool({ connectionString: url });
    const isHeld = {
      libsql: async () =>
        database.prepare<{ busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)").get()?.busy !== 0,
      PostgreSQL: async () => {
        const { rows } = (await pool?.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
        )) ?? { rows: [] };
        return rows.length > 0;
      },
    };
    for (const kind of kinds) {
      const store =
        kind === "libsql" ? openLibsqlStore({ file }) : await openPostgresStore({ url, connections: 2 });
      opened.push(store);
      for (const read of [0, 1]) {
        const found = store.archive && (await exportArchive({ of: "server" }, store.archive, { at: 1 }));
        for (let chunks = 0; chunks < read; chunks += 1) await found?.text.next();
        await store.audit?.note({ at: 1, actorId: "system", action: "server.export" });
        expect([kind, await isHeld[kind]()]).toEqual([kind, true]);
        for (let times = 0; times < 2; times += 1) await found?.release();
        expect([kind, await isHeld[kind]()]).toEqual([kind, false]);
      }
    }
    database.close();
    await pool?.end();
  }, 60_000);

  it("[E9] is not taken in where a server runs, which would go on with the epoch it knows", async () => {
    const [tea = {}, ada = {}] = conversation("tea");
    const right = sealed([header, tea, ada]);
    const file = temporaryFile("data.db");
    const url = (await postgres?.database(blank)) ?? "";
    const again = async (kind: keyof typeof stores): Promise<Store> =>
      kind === "libsql" ? openLibsqlStore({ file }) : openPostgresStore({ url, connections: 2 });
    for (const kind of kinds) {
      const [server, store] = [await again(kind), await again(kind)];
      opened.push(store);
      const stop = await server.plans?.work?.(async () => {});
      await expect(take(store, right)).rejects.toMatchObject({
        code: "client/misused",
        message: expect.stringContaining("stop it first"),
      });
      await stop?.();
      await server.close();
      expect(await take(store, right)).toMatchObject({ isNew: true });
    }
    // Whatever it is called there.
    const alias = temporaryFile("alias.db");
    symlinkSync(file, alias);
    const server = openLibsqlStore({ file });
    const store = openLibsqlStore({ file: alias });
    await expect(take(store, right)).rejects.toMatchObject({ code: "client/misused" });
    await Promise.all([server, store].map((each) => each.close()));
    // Nor does one begin to run meanwhile.
    await Promise.all(opened.splice(0).map((each) => each.close()));
    const entry = { at: 1, actorId: "system", action: "server.import" } as const;
    for (const kind of kinds) {
      const store = await again(kind);
      // It has looked whether anything is imported, and does not run yet.
      const early = kind === "PostgreSQL" ? await again(kind) : undefined;
      const batches = async function* () {
        yield [];
        if (early)
          await expect(early.plans?.work?.(async () => {})).rejects.toMatchObject({ code: "client/misused" });
        await expect(again(kind)).rejects.toMatchObject({
          code: "client/misused",
          message: expect.stringContaining("something is being imported"),
        });
        if (kind === "libsql")
          await expect(store.archive?.write("b", batches(), entry)).rejects.toMatchObject({
            message: expect.stringContaining("another import is under way"),
          });
      };
      expect(await store.archive?.write("a", batches(), entry)).toBe(true);
      await (await again(kind)).close();
      await Promise.all([store.close(), early?.close()]);
    }
  }, 60_000);

  it("[E9] stands between what is older and what is newer, and leaves the older as it is numbered", async () => {
    const file = temporaryFile("data.db");
    const bench = new Workbench(openLibsqlStore({ file }));
    await bench.group("work", "ada");
    const said = async (at: number, text: string): Promise<string> => {
      bench.at = at - 1;
      return bench.said("ada", "work", text);
    };
    const gone = await said(1_000_000, "gone");
    const old = await said(1_000_001, "number zero");
    await said(3_000_000, "number nine");
    const connection = openConnection(file);
    // As when old messages are not kept: the numbers do not begin with 1.
    connection.prepare("DELETE FROM messages WHERE id = ?").run(gone);
    const keys = connection.prepare<{ readonly key: number; readonly id: string }>(
      "SELECT key, id FROM messages ORDER BY key",
    );
    const before = keys.all();
    const found = async (): Promise<readonly unknown[]> => {
      // Whoever has searched would go by the index as it was.
      await bench.store.close();
      bench.store = openLibsqlStore({ file });
      const { items } = await bench.query("ada", { type: "search", text: "number", limit: 9 });
      return items.map(({ message: { content } }) => "text" in content && content.text);
    };
    const dated = (place: string, at: number): readonly Line[] =>
      conversation(place, 2).map((line, index) =>
        line["type"] === "message" ? { ...line, createdAt: at + index } : line,
      );
    await take(bench.store, sealed([header, ...dated("tea", 2_000_000), ...dated("lunch", 1_500_000)]));
    const between = ["number 2", "number 1", "number 2", "number 1"];
    expect(await found()).toEqual(["number nine", ...between, "number zero"]);
    const after = keys.all();
    expect([before[0]?.id, after[0]]).toEqual([old, before[0]]);
    // What is newer than all there is takes its place as it comes.
    await take(bench.store, sealed([header, ...dated("dinner", 4_000_000)]));
    expect(await found()).toEqual(["number 2", "number 1", "number nine", ...between, "number zero"]);
    expect(keys.all().slice(0, after.length)).toEqual(after);
    connection.close();
    await bench.store.close();
  }, 60_000);

  it("[E9] has lines of every table, but those that are left out on purpose", async () => {
    const file = temporaryFile("data.db");
    opened.push(openLibsqlStore({ file }));
    const connection = openConnection(file);
    const shadows = /^(sqlite|searchable)_/u;
    const tables = connection
      .prepare<{ readonly name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .flatMap(({ name }) => (shadows.test(name) ? [] : name));
    connection.close();
    const known = [...exportedTables, ...Object.keys(leftOut)];
    expect(tables.filter((name) => !known.includes(name))).toEqual([]);
    expect(exportedTables.filter((name) => !tables.includes(name))).toEqual([]);
    if (!hasPostgres()) return;
    const pool = new Pool({ connectionString: (await postgres?.database(blank)) ?? "", max: 1 });
    const { rows } = await pool.query<{ readonly name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    await pool.end();
    const names = rows.map(({ name }) => name);
    expect([...names, "unindexed"].toSorted()).toEqual(known.toSorted()); // SQLite's alone
  }, 60_000);

  it.runIf(hasPostgres())(
    "[E7] is known to be in, or not, only once whoever takes it in is done",
    async () => {
      const url = (await postgres?.database(blank)) ?? "";
      const store = await openPostgresStore({ url, connections: 2 });
      opened.push(store);
      const watch = new Pool({ connectionString: url, max: 1 });
      const digest = "d".repeat(64);
      let asked: Promise<boolean | undefined> | undefined;
      const batches = async function* () {
        yield [];
        let isAnswered = false;
        asked = store.archive?.has(digest).finally(() => (isAnswered = true));
        // Either it waits for us, or it waits for nobody and has an answer.
        const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        while (!isAnswered && (await watch.query(waiting)).rowCount === 0);
      };
      const entry = { at: 1, actorId: "system", action: "server.import" } as const;
      expect(await store.archive?.write(digest, batches(), entry)).toBe(true);
      expect(await asked).toBe(true);
      await watch.end();
    },
    60_000,
  );
});

/** Tables whose rows are lines. */
const exportedTables = [
  ...["answers", "audit", "case_flags", "cases", "conversations", "files", "messages", "notes"],
  ...["participants", "push_targets", "reactions", "receipts", "versions"],
];
/** And those whose rows are none. */
const leftOut: Readonly<Record<string, string>> = {
  erasures: "are about tokens of this server",
  memberships: "follow from participants",
  meta: "the epoch, and what else is of this very database",
  previews: "are fetched again",
  searchable: "follows from messages",
  shown_files: "follow from messages, and from notes that plan some",
  tidings_migrations: "of the schema",
  tidings_migrations_lock: "of the schema",
  unindexed: "follows from messages",
};

const liked = { emoji: "👍", count: 2, userIds: [] };
const like = ({ id: messageId }: Line): Line => ({ type: "reaction", messageId, userId: "ben", emoji: "👍" });

/** How many the log tells of. */
async function imports(store: Store): Promise<number | undefined> {
  const page = await store.audit?.page({ limit: 100 });
  return page?.items.filter(({ action }) => action === "server.import").length;
}

const answer = {
  ...{ type: "answer", commandId: newId(), userId: "ada", conversationId: "tea", at: 1 },
  answer: { code: "permission/denied", message: "unable to do so" },
};

async function historyOf(bench: Workbench, conversationId: string) {
  return (await bench.query("ada", { type: "history", conversationId, limit: 9 })).messages;
}
