import { sql } from "kysely";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentMeter } from "../../src/observe/meter.ts";
import { openStore } from "../../src/open-parts.ts";
import { readOptions } from "../../src/options.ts";
import { connectionsOfNode } from "../../src/store/postgres/connections.ts";
import { readAs } from "../../src/store/postgres/queries/reader.ts";
import {
  migratePostgres,
  type PostgresStoreOptions,
  openPostgresStore,
} from "../../src/store/postgres/postgres-store.ts";
import { openPool, read } from "../../src/store/postgres/session.ts";
import { build } from "../../src/store/postgres/tables.ts";
import type { Membership, Store } from "../../src/store/store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { message } from "../support/raw-client.ts";
import { ready, shown, showing } from "./files-suite.ts";
import { searchSuite } from "./search-suite.ts";
import { storeSuite } from "./store-suite.ts";
import { type StoreFactory, Workbench } from "./workbench.ts";

/** What of several migrators one holds, whose number is in its code. */
const LOCK_OF_KYSELY = "3853314791062309107";

describe.skipIf(!hasPostgres())("on a real PostgreSQL", () => {
  let service: PostgresService;
  /** Migrated, and otherwise empty: what most tests begin with. */
  let blank: string;
  beforeAll(async () => {
    service = await startPostgres();
    blank = await service.database();
    await migratePostgres(blank);
  }, 60_000);
  afterAll(() => service.close(), 180_000); // a folder of databases takes its time to go

  const urls = new WeakMap<Store, string>();
  const open = async (url: string, options: Partial<PostgresStoreOptions> = {}): Promise<Store> => {
    const store = await openPostgresStore({ url, connections: 2, ...options });
    urls.set(store, url);
    return store;
  };
  const ask = async (url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const client = new Client(url);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };

  const factory: StoreFactory = {
    open: async () => open(await service.database(blank)),
    async reopen(store) {
      await store.close();
      return open(urls.get(store) ?? "");
    },
  };
  storeSuite("PostgreSQL", factory);
  searchSuite("PostgreSQL", factory);

  describe("the PostgreSQL store as it searches", () => {
    const search = { type: "search", text: "before ind", limit: 5 } as const;

    async function withMessage(): Promise<{ readonly bench: Workbench; readonly url: string }> {
      const url = await service.database();
      const bench = new Workbench(await open(url, { searchTimeoutMs: 100 }));
      await bench.group("a", "ada", "bob");
      await bench.said("ada", "a", "said before there was an index");
      return { bench, url };
    }

    it("has indexed what an older version has kept", async () => {
      const { bench, url } = await withMessage();
      await bench.store.close();
      await ask(
        url,
        `DROP TABLE erasures; ALTER TABLE messages DROP COLUMN origin_id; ALTER TABLE conversations DROP COLUMN has_retention; DROP TABLE previews; DROP TABLE push_targets; DROP TABLE case_flags, cases; DROP TABLE files, shown_files; DROP FUNCTION tidings_shown_no_more; DROP TABLE notes; DROP FUNCTION tidings_seq_since;
         ALTER TABLE messages DROP COLUMN thread_id, DROP COLUMN pinned_at; DROP TABLE searchable; DROP FUNCTION tidings_unsearchable CASCADE; DROP FUNCTION tidings_search;
         DROP FUNCTION tidings_commit(text, text[], text[], bigint[], bigint[], text[], bigint[], bigint[], bigint[],
           bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], boolean[], text[], text[],
           json[], bigint[], text[], bigint[], bigint[], bigint[], tsvector[]);
         DROP FUNCTION tidings_memberships, tidings_open, tidings_summaries, tidings_receipts;
         DELETE FROM meta WHERE name = 'unnumbered';
         DELETE FROM tidings_migrations WHERE name >= '0005'`,
      );
      bench.store = await open(url);
      expect((await bench.query("bob", search)).items).toHaveLength(1);
      await bench.store.close();
    });

    it("knows whose words were told on before it wrote that down", async () => {
      const { bench, url } = await withMessage();
      const messageId = await bench.said("bob", "a", "a secret of old");
      await bench.accepted("ada", { ...message("a", ""), forward: { conversationId: "a", messageId } });
      await bench.store.close();
      await ask(
        url,
        `DROP TABLE erasures; ALTER TABLE messages DROP COLUMN origin_id;
         DELETE FROM tidings_migrations WHERE name >= '0018'`,
      );
      bench.store = await open(url);
      await bench.store.upkeep?.forget("bob", 7);
      const history = await bench.query("ada", { type: "history", conversationId: "a", limit: 5 });
      expect(JSON.stringify(history)).not.toContain("secret");
      await bench.store.close();
    });

    it("keeps in its index of words nothing of what is gone", async () => {
      const url = await service.database();
      const bench = new Workbench(await open(url));
      await bench.goneInEveryWay();
      expect(await ask(url, "SELECT version, words @@ 'kept' AS is_kept FROM searchable")).toEqual([
        { version: 1, is_kept: true },
      ]);
      await bench.store.close();
    });

    it("[D9] gives up what takes too long, and goes on", async () => {
      const { bench, url } = await withMessage();
      const [found] = await ask(url, "SELECT pg_get_functiondef('tidings_search'::regproc) AS text");
      await ask(url, String(found?.["text"]).replace("BEGIN", "BEGIN PERFORM pg_sleep(30);"));
      expect(await bench.refusal("bob", search)).toMatchObject({ code: "server/unavailable" });
      await ask(url, String(found?.["text"]));
      expect((await bench.query("bob", search)).items).toHaveLength(1);
      await bench.store.close();
    });

    it("[D8] shows readers nothing of the index but through the function that asks who they are", async () => {
      const { bench, url } = await withMessage();
      const pool = openPool({ url, connections: 1, statementTimeoutMs: 5_000, connectTimeoutMs: 5_000, onFailure: () => {} }); // prettier-ignore
      const asReader = (reader: string, statement: string): Promise<readonly unknown[]> =>
        readAs(pool, reader, (session) => session.all(sql.raw(statement)));
      const places =
        "SELECT * FROM tidings_search($$'index'$$, NULL, 0, 9e15::bigint, 9e15::bigint, 0, 0, 9)";
      expect(await asReader("bob", places)).toHaveLength(1);
      expect(await asReader("eve", places)).toEqual([]);
      await expect(asReader("bob", "SELECT * FROM searchable")).rejects.toThrow("permission denied");
      await pool.end();
      await bench.store.close();
    });
  });

  describe("the PostgreSQL store with a replica", () => {
    const history = { type: "history", conversationId: "a", limit: 10 } as const;

    /** A replica that has stopped following, and whose copies one can tell. */
    async function withReplica(): Promise<{ readonly bench: Workbench; readonly messageId: string }> {
      const url = await service.database();
      const before = new Workbench(await open(url));
      await before.group("a", "ada", "bob");
      const messageId = await before.said("ada", "a", "original");
      await before.store.close();
      const replicaUrl = await service.database(url);
      await ask(replicaUrl, "UPDATE messages SET record = replace(record::text, 'original', 'copy')::json");
      return { bench: new Workbench(await open(url, { replicaUrl })), messageId };
    }
    const first = async (bench: Workbench): Promise<unknown> =>
      (await bench.query("ada", history)).messages[0]?.content;

    it("reads pages there, until it lags behind", async () => {
      const { bench } = await withReplica();
      expect(await first(bench)).toEqual({ text: "copy" });
      await bench.said("bob", "a", "new");
      expect(await first(bench)).toEqual({ text: "original" });
      await bench.store.close();
    });

    it("[D8] goes by the database as to who may read", async () => {
      const { bench } = await withReplica();
      await bench.accepted("ada", { type: "participant.remove", conversationId: "a", userId: "bob" });
      expect(await bench.refusal("bob", history)).toMatchObject({ code: "conversation/not-found" });
      await bench.store.close();
    });

    it("[D8] reads nothing there, and remembers nothing, that retention or an erasure has taken since", async () => {
      const { bench } = await withReplica();
      await bench.store.upkeep?.prune({ now: 0, before: 0, newest: 0, rememberedSince: 0 });
      for (const floorSeq of [2, 2])
        expect(await bench.query("ada", history)).toMatchObject({ messages: [], floorSeq });
      await bench.store.close();
    });

    /** Where each word is only the replica remembers. */
    async function withReplicaThatSearches(): Promise<Workbench> {
      const url = await service.database(blank);
      const before = new Workbench(await open(url));
      for (const room of ["a", "b"]) {
        await before.group(room, "ada", "bob");
        await before.said("ada", room, `original of ${room}`);
      }
      await before.store.close();
      const replicaUrl = await service.database(url);
      await ask(replicaUrl, "UPDATE messages SET record = replace(record::text, 'original', 'copy')::json");
      await ask(url, "DELETE FROM searchable");
      return new Workbench(await open(url, { replicaUrl }));
    }
    const found = async (bench: Workbench, who: string, conversationId?: string): Promise<unknown> => {
      const query = { type: "search", text: "original", limit: 5 } as const;
      const { items } = await bench.query(who, { ...query, ...(conversationId && { conversationId }) });
      return items.map(({ message }) => message.content);
    };

    it("looks for words there, until it lags behind, and shows what the database has in their place", async () => {
      const bench = await withReplicaThatSearches();
      const [ofA, ofB] = [{ text: "original of a" }, { text: "original of b" }];
      expect(await found(bench, "ada")).toEqual([ofB, ofA]);
      expect(await found(bench, "bob", "a")).toEqual([ofA]);
      await bench.said("bob", "a", "new");
      expect(await found(bench, "bob")).toEqual([]);
      expect(await found(bench, "bob", "b")).toEqual([ofB]);
      await bench.store.close();
    });

    it("[D8] shows of what it finds nothing that the database would not", async () => {
      const bench = await withReplicaThatSearches();
      await bench.accepted("ada", { type: "participant.remove", conversationId: "a", userId: "bob" });
      expect(await found(bench, "bob")).toEqual([{ text: "original of b" }]);
      expect(await bench.refusal("bob", { type: "search", text: "original", conversationId: "a", limit: 5 }))
        .toMatchObject({ code: "conversation/not-found" }); // prettier-ignore
      await ask(urls.get(bench.store) ?? "", "DELETE FROM messages");
      expect(await found(bench, "bob")).toEqual([]);
      await bench.store.close();
    });

    it("does without when it is gone", async () => {
      const before = await withReplica();
      const url = urls.get(before.bench.store) ?? "";
      await before.bench.store.close();
      const failures: unknown[] = [];
      const replicaUrl = "postgres://nobody@127.0.0.1:1/none";
      const store = await open(url, { replicaUrl, onFailure: (error) => failures.push(error) });
      const bench = new Workbench(store);
      expect(await first(bench)).toEqual({ text: "original" });
      expect(await found(bench, "bob")).toEqual([{ text: "original" }]);
      expect(await store.figures?.({ conversationId: "a", since: 0, until: 2_000_000, offsetMs: 0 }))
        .toMatchObject({ total: { messages: 1 } }); // prettier-ignore
      expect(failures).toHaveLength(3);
      await store.close();
    });
  });

  describe("the PostgreSQL store of several nodes", () => {
    it("[D3] gives dense revisions in the order of commits, whoever commits", async () => {
      const url = await service.database();
      const nodes = await Promise.all([1, 2, 3].map(async () => new Workbench(await open(url))));
      const [first] = nodes;
      for (const id of ["a", "b", "c"]) await first?.group(id, "ada");
      await Promise.all(
        nodes.map(async (node, index) => {
          const names = ["a", "b", "c"];
          for (let round = 0; round < 15; round += 1) {
            // Each node names them in another order: locks are taken in one order all the same.
            const ids = names.map((_, place) => names[(place + index) % names.length] ?? "");
            await node.commit(...ids.map((id) => node.submission("ada", message(id, `${index} ${round}`))));
          }
        }),
      );
      for (const conversationId of ["a", "b", "c"]) {
        const query = { type: "history", conversationId, limit: 100 } as const;
        const { messages = [] } = (await first?.query("ada", query)) ?? {};
        expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
        expect(messages.map(({ rev }) => rev)).toEqual(messages.map(({ seq }) => seq + 2));
      }
      await Promise.all(nodes.map((node) => node.store.close()));
    });

    it("[D2] takes a command once that is submitted on every node at the same moment", async () => {
      const url = await service.database();
      const nodes = await Promise.all([1, 2, 3, 4].map(async () => new Workbench(await open(url))));
      const [one] = nodes;
      if (!one) throw new Error("no node");
      for (let round = 0; round < 10; round += 1) {
        const create = one.submission("ada", {
          type: "conversation.create",
          conversationId: `room ${round}`,
          kind: "group",
        });
        const send = one.submission("ada", message(`room ${round}`, "once"));
        const made = await Promise.all(nodes.map((node) => node.outcome(create)));
        const sent = await Promise.all(nodes.map((node) => node.outcome(send)));
        for (const outcomes of [made, sent]) {
          expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, true, true, true]);
          expect(outcomes.filter((outcome) => outcome.ok && !outcome.isKnown)).toHaveLength(1);
        }
      }
      await Promise.all(nodes.map((node) => node.store.close()));
    });

    it("asks about a command once, though another node makes it begin again", async () => {
      const url = await service.database();
      const one = new Workbench(await open(url));
      const other = new Workbench(await open(url));
      const asked = [0, 0];
      const drafts = { type: "conversation.create", conversationId: "a", kind: "group" } as const;
      const outcomes = await Promise.all(
        [one, other].map((node, index) =>
          node.store.commit([node.submission(`user ${index}`, drafts)], () => {
            asked[index] = (asked[index] ?? 0) + 1;
            return undefined;
          }),
        ),
      );
      expect(outcomes.flat().filter((outcome) => outcome.ok)).toHaveLength(1);
      expect(asked).toEqual([1, 1]);
      await Promise.all([one, other].map(({ store }) => store.close()));
    });

    it("is migrated once by nodes that start together", async () => {
      const url = await service.database();
      const stores = await Promise.all([1, 2, 3, 4].map(() => open(url)));
      expect(new Set(stores.map(({ epoch }) => epoch)).size).toBe(1);
      await Promise.all(stores.map((store) => store.close()));
    });

    describe("of a newer version", () => {
      const oneMore = `ALTER TABLE messages ADD COLUMN mood text NOT NULL DEFAULT 'calm';
        INSERT INTO tidings_migrations VALUES ('9999', '2099-01-01')`;

      it("works on a schema that was added to, as after a rollback, migrates nothing, and says so once", async () => {
        const url = await service.database(blank);
        const before = new Workbench(await open(url));
        await before.group("a", "ada");
        await before.store.close();
        await ask(url, oneMore);
        const made = await ask(url, "SELECT * FROM tidings_migrations");
        for (const migrate of [true, false]) {
          const told: (readonly string[])[] = [];
          const onNewerSchema = (migrations: readonly string[]): void => void told.push(migrations);
          const bench = new Workbench(await open(url, { migrate, onNewerSchema }));
          await bench.said("ada", "a", "said by the version before");
          const { messages } = await bench.query("ada", { type: "history", conversationId: "a", limit: 1 });
          expect(messages).toMatchObject([{ content: { text: "said by the version before" } }]);
          await bench.store.close();
          expect(told).toEqual([["9999"]]);
        }
        expect(await migratePostgres(url)).toEqual({ made: [], newer: ["9999"] });
        expect(await ask(url, "SELECT * FROM tidings_migrations")).toEqual(made);
      });

      it("starts beside one that migrates at that moment", async () => {
        const url = await service.database(blank);
        const newer = new Client(url);
        await newer.connect();
        await newer.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK_OF_KYSELY})`);
        const told: (readonly string[])[] = [];
        const opening = open(url, { onNewerSchema: (migrations) => void told.push(migrations) });
        const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
        while ((await ask(url, waiting)).length === 0);
        await newer.query(`${oneMore}; COMMIT`);
        await newer.end();
        await (await opening).close();
        expect(told).toEqual([["9999"]]);
      });

      it.each([
        ["UPDATE meta SET value = '9999' WHERE name = 'oldest schema'"],
        ["DELETE FROM meta WHERE name = 'oldest schema'"],
        ["DELETE FROM tidings_migrations WHERE name = '0016'"],
      ])("refuses a schema on which it cannot work, and says what helps: %s", async (change) => {
        const url = await service.database(blank);
        await ask(url, `${oneMore}; ${change}`);
        for (const migrate of [true, false])
          await expect(open(url, { migrate })).rejects.toThrow(/newer.*restore a backup/u);
        await expect(migratePostgres(url)).rejects.toThrow("newer");
      });
    });

    it("refuses to change or delete an entry of the audit log, whoever asks", async () => {
      const url = await service.database();
      const store = await open(url);
      await store.audit?.note({ at: 1, actorId: "ada", action: "user.export", subject: "bob" });
      for (const statement of [
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE audit SET action = 'token.issue'",
      ])
        await expect(ask(url, statement)).rejects.toThrow("only added to");
      expect((await store.audit?.page({ limit: 10 }))?.items).toHaveLength(1);
      await store.close();
    });

    it("has new words sorted into the index beside the commits, which so never have to", async () => {
      const url = await service.database();
      const bench = new Workbench(await open(url));
      await bench.group("a", "ada");
      const meddler = new Client(Object.assign(new URL(url), { username: "postgres" }).href);
      await meddler.connect();
      await meddler.query("CREATE EXTENSION pgstattuple");
      const waiting = async (): Promise<number> => {
        const { rows } = await meddler.query(
          "SELECT pending_tuples AS n FROM pgstatginindex('searchable_words')",
        );
        return Number(rows[0]?.n);
      };
      await bench.said("ada", "a", "one of many words");
      const ofOne = await waiting();
      expect(ofOne).toBeGreaterThan(0);
      for (let batch = 0; batch < 6; batch += 1) {
        const texts = Array.from({ length: 100 }, (_, index) => `one of ${batch * 100 + index} words`);
        await bench.commit(...texts.map((text) => bench.submission("ada", message("a", text))));
      }
      await expect.poll(waiting, { timeout: 10_000 }).toBeLessThanOrEqual(200 * ofOne);
      await meddler.end();
      await bench.store.close();
    });

    it("[D9] gives a statement up that waits too long, commits nothing of it, and goes on", async () => {
      const url = await service.database();
      const bench = new Workbench(await open(url, { statementTimeoutMs: 300 }));
      await bench.group("a", "ada");
      const meddler = new Client(url);
      await meddler.connect();
      await meddler.query("BEGIN; SELECT FROM conversations WHERE id = 'a' FOR UPDATE");
      await expect(bench.said("ada", "a", "lost?")).rejects.toThrow("timeout");
      await meddler.end();
      expect(await bench.accepted("ada", message("a", "kept"))).toMatchObject({
        changes: [{ rev: 3, record: { seq: 1 } }],
      });
      await bench.store.close();
    });

    it("[D9] takes as many connections, and as long for a statement, as the server is told", async () => {
      const database = await service.database(blank);
      const given = { database, databaseConnections: 2, statementTimeoutMs: 500 };
      const bench = new Workbench(await openStore(readOptions(given), silentMeter));
      await bench.group("a", "ada");
      await Promise.all(
        Array.from({ length: 20 }, () => bench.query("ada", { type: "pins", conversationId: "a" })),
      );
      const counted = `SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'tidings%'`;
      const [{ count } = {}] = await ask(database, counted);
      expect(count).toBeGreaterThan(2);
      expect(count).toBeLessThanOrEqual(connectionsOfNode(2));
      const meddler = new Client(database);
      await meddler.connect();
      await meddler.query("BEGIN; SELECT FROM conversations WHERE id = 'a' FOR UPDATE");
      // By default it would wait for longer than that.
      const letGo = meddler.query("SELECT pg_sleep(5); COMMIT").catch(() => {});
      await expect(bench.said("ada", "a", "lost?")).rejects.toThrow("timeout");
      await meddler.end();
      await letGo;
      await bench.store.close();
    });

    it("[D8] tells all who arrive together their own conversations, whoever it refuses among them", async () => {
      const bench = new Workbench(await open(await service.database()));
      for (let room = 0; room < 5; room += 1) await bench.group(`room ${room}`, `user ${room}`, "everywhere");
      const arriving = Array.from({ length: 200 }, (_, index) => [`user ${index % 6}`, "everywhere"]).flat();
      const all = [...arriving, "\u0000", ...arriving];
      const found = await Promise.all(
        all.map((userId) => bench.store.memberships(userId).then(idsOf, (error: unknown) => String(error))),
      );
      const everywhere = [0, 1, 2, 3, 4].map((room) => `room ${room}`);
      for (const [index, userId] of all.entries()) {
        if (userId === "\u0000") expect(found[index]).toMatch("invalid byte sequence");
        else if (userId === "everywhere") expect(found[index]).toEqual(everywhere);
        else expect(found[index]).toEqual(userId === "user 5" ? [] : [userId.replace("user", "room")]);
      }
      await bench.store.close();
    });

    it("lets a query wait for its turn for longer than connecting may take", async () => {
      const settings = { connections: 1, statementTimeoutMs: 10_000, connectTimeoutMs: 1_000 };
      const pool = openPool({ url: await service.database(), ...settings, onFailure: () => {} });
      const sleeping = read(pool, "BEGIN", (session) => session.all(sql`SELECT pg_sleep(1.5)`));
      const waiting = read(pool, "BEGIN", (session) => session.first(sql`SELECT 1 AS one`));
      expect(await waiting).toEqual({ one: 1 });
      await sleeping;
      await pool.end();
    });

    it("[D8] shows nobody the rows of others, even if a statement asks for all there are", async () => {
      const url = await service.database();
      const bench = new Workbench(await open(url));
      for (const [who, room] of [
        ["ada", "a"],
        ["eve", "e"],
      ] as const) {
        await bench.group(room, who);
        const messageId = await bench.said(who, room, "private");
        await bench.accepted(who, { type: "message.react", conversationId: room, messageId, emoji: "👍" });
        const content = { text: "edited" };
        await bench.accepted(who, { type: "message.edit", conversationId: room, messageId, content });
        await bench.accepted(who, { type: "receipt.mark", conversationId: room, readSeq: 1 });
      }
      const settings = { connections: 1, statementTimeoutMs: 5_000, connectTimeoutMs: 5_000 };
      const pool = openPool({ url, ...settings, purpose: "readers", onFailure: () => {} });
      const scopes = [
        "memberships",
        "participants",
        "messages",
        "versions",
        "reactions",
        "receipts",
      ] as const;
      for (const scope of scopes) {
        const seen = async (who: string) =>
          (
            await readAs(pool, who, (session) => session.all(build.selectFrom(scope).select("conversation")))
          ).map((row) => row.conversation);
        expect({ scope, rows: await seen("eve") }).toEqual({ scope, rows: [2] });
        expect({ scope, rows: await seen("nobody") }).toEqual({ scope, rows: [] });
      }
      const subject = { kind: "pinned", conversationId: "e" } as const;
      await bench.accepted("eve", { type: "note.set", conversationId: "~/eve", subject, value: {} });
      const notes = build.selectFrom("notes").select("id");
      expect(await readAs(pool, "eve", (session) => session.all(notes))).toHaveLength(1);
      for (const who of ["ada", "nobody"])
        expect(await readAs(pool, who, (session) => session.all(notes))).toEqual([]);
      const all = build.selectFrom("conversations").select("id").where("id", "not like", "~/%");
      expect(await readAs(pool, "eve", (session) => session.all(all))).toEqual([{ id: "e" }]);
      await bench.accepted("eve", { type: "participant.add", conversationId: "e", userId: "ada" });
      await bench.accepted("eve", { type: "participant.remove", conversationId: "e", userId: "ada" });
      expect(await readAs(pool, "ada", (session) => session.all(all))).toEqual([{ id: "a" }]);
      await pool.end();
      await bench.store.close();
    });

    it("[D8] shows nobody what is not read for people, not even if the right to it were given by mistake", async () => {
      const url = await service.database(blank);
      const bench = new Workbench(await open(url));
      const { store } = bench;
      await bench.group("a", "ada", "eve");
      const on = { conversationId: "a", messageId: await bench.said("ada", "a", "private") } as const;
      const subject = { kind: "report", ...on } as const;
      const report = { type: "note.set", conversationId: "~/eve", subject, value: { text: "no" } } as const;
      await bench.accepted("eve", report);
      if (!store.files) throw new Error("the store keeps no files");
      const file = await ready(store.files, { ownerId: "eve" });
      await bench.accepted("eve", showing("a", shown(file)));
      const device = { userId: "eve", deviceId: "phone", endpoint: "https://push.example/eve", at: 1 };
      await store.push?.put({ ...device, p256dh: "", auth: "" });
      await store.previews?.put({ key: "https://page.example/", expiresAt: 1 });
      await store.audit?.note({ at: 1, actorId: "eve", action: "user.export", subject: "eve" });
      await ask(url, "INSERT INTO erasures VALUES ('hash', 1)");
      const closed = await ask(
        url,
        `SELECT c.relname AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
           AND NOT has_table_privilege('tidings_reader', c.oid, 'SELECT') AND c.relname NOT LIKE 'tidings_migrations%'`,
      );
      const names = closed.map(({ name }) => String(name)).toSorted();
      expect(names).toEqual([
        ...[
          "answers",
          "audit",
          "case_flags",
          "cases",
          "erasures",
          "files",
          "previews",
          "push_targets",
          "searchable",
        ],
        "shown_files",
      ]);
      const settings = { connections: 1, statementTimeoutMs: 5_000, connectTimeoutMs: 5_000 };
      const pool = openPool({ url, ...settings, purpose: "readers", onFailure: () => {} });
      for (const name of names) {
        const asEve = (): Promise<readonly unknown[]> =>
          readAs(pool, "eve", (session) => session.all(sql.raw(`SELECT FROM ${name}`)));
        expect({ name, rows: (await ask(url, `SELECT FROM ${name}`)).length }).not.toEqual({ name, rows: 0 });
        await expect(asEve()).rejects.toThrow("permission denied");
        await ask(url, `GRANT SELECT ON ${name} TO tidings_reader`);
        expect({ name, rows: await asEve() }).toEqual({ name, rows: [] });
      }
      await pool.end();
      await store.close();
    });
  });
});

function idsOf(memberships: readonly Membership[]): readonly string[] {
  return memberships.map(({ head }) => head.conversationId).toSorted();
}
