import type { CommandType, NoteSubject, QueryResults, RecordQuery } from "@tidings/core/protocol";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import type { Submission } from "../../src/store/store.ts";
import { message, newId } from "../support/raw-client.ts";
import { quota, ready, shown, showing } from "./files-suite.ts";
import { Workbench } from "./workbench.ts";

/** PostgreSQL itself explains every statement that runs, row-level security and functions included. */
const EXPLAINED = {
  shared_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_nested_statements": "on",
  "auto_explain.log_format": "json",
  log_line_prefix: "",
};

const BIG = [
  "conversations",
  "participants",
  "memberships",
  "messages",
  "versions",
  "reactions",
  "receipts",
  "notes",
  "answers",
  "audit",
  "searchable",
  "files",
  "shown_files",
  "cases",
  "case_flags",
  "erasures",
  "push_targets",
  "previews",
  /** Of the queue's own. */
  "_private_jobs",
];

/** Those of which there are never more than a few rows. */
const SMALL = ["meta", "tidings_migrations", "tidings_migrations_lock"];

/** Every kind there is: the compiler sees to it. */
const COMMANDS: Readonly<Record<CommandType, true>> = {
  "conversation.create": true,
  "conversation.update": true,
  "conversation.status": true,
  "conversation.prune": true,
  "participant.add": true,
  "participant.join": true,
  "participant.leave": true,
  "participant.remove": true,
  "participant.ban": true,
  "participant.unban": true,
  "participant.mute": true,
  "participant.unmute": true,
  "participant.role": true,
  "participant.permissions": true,
  "participant.notify": true,
  "message.send": true,
  "message.edit": true,
  "message.delete": true,
  "message.pin": true,
  "message.unpin": true,
  "message.react": true,
  "message.unreact": true,
  "poll.vote": true,
  "poll.close": true,
  "receipt.mark": true,
  "note.set": true,
  "note.clear": true,
};

const QUERIES: Readonly<Record<RecordQuery["type"], true>> = {
  changes: true,
  history: true,
  messages: true,
  thread: true,
  pins: true,
  conversations: true,
  conversation: true,
  participants: true,
  versions: true,
  reactors: true,
  voters: true,
  receipts: true,
  search: true,
  notes: true,
};

/** Rows as a server has them that was used for years; their records are never read. */
const CROWD = `
  INSERT INTO conversations SELECT key, 'crowd ' || key, 60, 50, key, 10, 1, 0, '{"settings":{}}'
    FROM generate_series(1000, 3000) key;
  INSERT INTO participants SELECT key, 'user ' || (key * 7 + u) % 5000, u, true, '{}'
    FROM generate_series(1000, 3000) key, generate_series(1, 10) u;
  INSERT INTO memberships SELECT user_id, conversation FROM participants WHERE conversation >= 1000 ON CONFLICT DO NOTHING;
  INSERT INTO messages SELECT key, seq, seq + 10, CASE WHEN seq % 10 = 0 THEN seq + 20 ELSE seq + 10 END, 1, seq % 25 = 0,
      key || '-' || seq, 'user ' || (key * 7 + seq) % 5000, '{}'
    FROM generate_series(1000, 3000) key, generate_series(1, 50) seq;
  UPDATE messages SET origin_id = 'user ' || seq WHERE conversation >= 1000 AND seq % 7 = 0;
  INSERT INTO erasures SELECT 'hash ' || n, n FROM generate_series(1, 50000) n;
  INSERT INTO versions SELECT conversation, id, 0, '{}' FROM messages WHERE conversation >= 1000 AND seq % 10 = 0;
  INSERT INTO reactions SELECT conversation, id, '👍', author_id FROM messages WHERE conversation >= 1000 AND seq % 5 = 0;
  INSERT INTO searchable SELECT conversation, seq, 900000 + seq * 1000 + conversation, 0,
      array_to_tsvector(ARRAY['common', 'word' || (conversation * 50 + seq) % 1000, 'by:' || author_id])
    FROM messages WHERE conversation >= 1000 AND NOT is_deleted AND seq % 5 = 1;
  INSERT INTO receipts SELECT conversation, user_id, 10, 10, 1 FROM participants WHERE conversation >= 1000;
  INSERT INTO notes SELECT conversation, 'bookmark/' || id || '/a', seq, seq % 3 > 0, '{}' FROM messages WHERE conversation >= 1000;
  INSERT INTO files SELECT 'file ' || n, 'user ' || n % 500, 'crowd 1', CASE WHEN n % 9 = 0 THEN 'file ' || n - 1 END,
      10, CASE WHEN n % 1000 = 0 THEN 'scanning' ELSE 'ready' END, n, CASE WHEN n % 1000 = 0 THEN n END, '{}'
    FROM generate_series(1, 50000) n;
  INSERT INTO shown_files SELECT 'file ' || n, 'crowd ' || n, 1000 + n % 2000 FROM generate_series(1, 50000) n;
  INSERT INTO answers SELECT 'answer ' || n, 'user 1', 'crowd 1', 900000 + n, '{}' FROM generate_series(1, 50000) n;
  INSERT INTO cases (id, conversation_id, message_id, user_id, status, opened_at, urgency, decided_at, decided_by)
    SELECT 'case ' || n, 'crowd ' || n % 900, 'message ' || n, 'user ' || n % 700, CASE WHEN n % 9 = 0 THEN 'open' ELSE 'approved' END,
      n, n % 400, CASE WHEN n % 9 > 0 THEN n END, CASE WHEN n % 9 > 0 THEN 'user ' || n % 50 END FROM generate_series(1, 50000) n;
  ALTER TABLE case_flags DROP CONSTRAINT case_flags_case_id_fkey; -- each row's check would be explained
  INSERT INTO case_flags SELECT 'case ' || n, 'user ' || n % 800, '', '', NULL, n FROM generate_series(1, 50000) n;
  ALTER TABLE case_flags ADD CONSTRAINT case_flags_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases ON DELETE CASCADE;
  INSERT INTO push_targets SELECT 'user ' || n % 5000, 'device ' || n, 'https://push.example/' || n, '', '', n
    FROM generate_series(1, 50000) n;
  INSERT INTO previews SELECT 'https://page.example/' || n, n, '{}' FROM generate_series(1, 50000) n;
  ALTER TABLE notes DISABLE TRIGGER USER; -- which makes a job for each
  UPDATE notes SET due_at = 4e12 + rev WHERE conversation % 50 = 0;
  ALTER TABLE notes ENABLE TRIGGER USER;
  INSERT INTO graphile_worker._private_tasks (identifier) VALUES ('tidings_due') ON CONFLICT DO NOTHING;
  INSERT INTO graphile_worker._private_jobs (task_id, payload, run_at, key)
    SELECT t.id, '{}', now() + interval '1 year', 'crowd ' || n FROM graphile_worker._private_tasks t, generate_series(1, 20000) n;
  INSERT INTO audit (at, actor_id, action, subject, conversation_id, detail)
    SELECT n, 'user ' || n % 500, 'user.ban', 'user ' || n % 700, 'crowd ' || n % 900, '' FROM generate_series(1, 50000) n;`;

describe.skipIf(!hasPostgres())("statements on a large PostgreSQL", () => {
  let service: PostgresService;
  beforeAll(async () => {
    service = await startPostgres({ settings: EXPLAINED });
  }, 60_000);
  afterAll(() => service.close());

  it("find every row by an index: none walks through a table", { timeout: 60_000 }, async () => {
    const url = await service.database();
    // Its own copy: what is read at a replica is read by other statements.
    const bench = new Watched(await openPostgresStore({ url, connections: 2, replicaUrl: url }));
    const client = new Client(url);
    await client.connect();
    await client.query(CROWD);
    const tables = await client.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema::regnamespace",
    );
    await client.query("ANALYZE");
    await client.end();
    expect(tables.rows.map(({ name }) => name).toSorted()).toEqual(
      [...BIG.filter((name) => !name.startsWith("_")), ...SMALL].toSorted(),
    );
    const before = service.log.length;
    await everything(bench);
    const plans = service.log.slice(before);
    await bench.store.close();

    const walked = [...plans.matchAll(/"Node Type": "Seq Scan",(?:[^{}]*?)"Relation Name": "(\w+)"/gu)]
      .map(([, table = ""]) => table)
      .filter((table) => BIG.includes(table));
    expect(plans.split('"Query Text"').length).toBeGreaterThan(100);
    expect(walked).toEqual([]);
    expect([...bench.done].toSorted()).toEqual(
      [...Object.keys(COMMANDS), ...Object.keys(QUERIES)].toSorted(),
    );
  });
});

/** Knows which commands it has been given, and which queries. */
class Watched extends Workbench {
  readonly done = new Set<string>();

  override submission(...given: Parameters<Workbench["submission"]>): Submission {
    this.done.add(given[1].type);
    return super.submission(...given);
  }

  override query<Type extends RecordQuery["type"]>(
    readerId: string,
    query: RecordQuery & { readonly type: Type },
  ): Promise<QueryResults[Type]> {
    this.done.add(query.type);
    return super.query<Type>(readerId, query);
  }
}

/** Every kind of command, and every query. */
async function everything(bench: Workbench): Promise<void> {
  await bench.group("a", "ada", "bob", "cy");
  const messageId = await bench.said("ada", "a", "one");
  const on = { conversationId: "a", messageId } as const;
  await bench.accepted("bob", { type: "message.react", emoji: "👍", ...on });
  await bench.accepted("bob", { type: "message.unreact", emoji: "👍", ...on });
  await bench.accepted("ada", { type: "message.edit", content: { text: "two" }, ...on });
  await bench.accepted("ada", { type: "message.pin", ...on });
  await bench.accepted("bob", { ...message("a", "re"), replyTo: messageId });
  await bench.accepted("bob", { type: "receipt.mark", conversationId: "a", readSeq: 2 });
  await bench.accepted("ada", { type: "participant.remove", conversationId: "a", userId: "cy" });
  const again = bench.submission("ada", message("a", "again"));
  await bench.commit(again);
  await bench.commit(again);
  const page = { conversationId: "a", limit: 20 } as const;
  await bench.query("ada", { type: "changes", afterRev: 3, ...page });
  const notebook = { conversationId: "~/ada" } as const;
  const subject = { kind: "bookmark", ...on } as const;
  await bench.accepted("ada", { type: "note.set", ...notebook, subject, value: {} });
  await bench.accepted("ada", { type: "note.clear", ...notebook, subject });
  await bench.query("ada", { type: "changes", afterRev: 1, ...notebook, limit: 20 });
  await bench.query("ada", { type: "notes", kind: "bookmark", ...notebook, limit: 20 });
  await bench.query("ada", { type: "history", ...page });
  await bench.query("ada", { type: "history", around: 2, ...page });
  await bench.query("ada", { type: "history", after: 1, before: 3, ...page });
  await bench.accepted("bob", { ...message("a", "in a thread"), threadId: messageId });
  await bench.query("ada", { type: "history", at: 1_000_000, ...page });
  await bench.query("ada", { type: "messages", conversationId: "a", messageIds: [messageId] });
  await bench.query("ada", { type: "thread", threadId: messageId, ...page });
  await bench.query("ada", { type: "thread", threadId: messageId, readSeq: 5, ...page });
  await bench.query("ada", { type: "pins", conversationId: "a" });
  await bench.query("ada", { type: "conversation", conversationId: "a" });
  await bench.query("ada", { type: "conversations", limit: 20 });
  await bench.query("ada", { type: "participants", ...page });
  await bench.query("ada", { type: "receipts", ...page });
  await bench.query("ada", { type: "reactors", messageId, emoji: "👍", ...page });
  await bench.query("ada", { type: "versions", conversationId: "a", messageId });
  for (const text of ["two", "common", "word7", "wor", "common word77"]) {
    for (const readerId of ["ada", "user 7"]) {
      await bench.query(readerId, { type: "search", text, limit: 20 });
      await bench.query(readerId, { type: "search", text, limit: 20, since: 950_000, until: 960_000 });
    }
    await bench.query("ada", { type: "search", text, limit: 20, conversationId: "a" });
  }
  await bench.query("user 7", { type: "search", mentionsMe: true, limit: 20 });
  await bench.query("user 7", { type: "search", authorId: "user 7", limit: 20 });
  await bench.store.figures?.({ conversationId: "a", since: 900_000, until: 2_000_000, offsetMs: 0 });
  await bench.store.memberships("ada");
  await bench.store.memberships("user 7");
  await bench.store.blocks?.("user 7");
  await bench.store.peopleOf?.("a");
  await bench.store.wasIn("a", "cy");
  await bench.store.forgetAnswers(900_010);
  await bench.store.audit?.note({ at: 1, actorId: "ada", action: "user.export", subject: "bob" });
  await bench.store.audit?.page({ limit: 20 });
  for (const by of ["actorId", "subject", "conversationId"] as const)
    await bench.store.audit?.page({ by, id: "ada", limit: 20 });
  await bench.store.audit?.forget(10);
  for (const userId of ["bob", "user 7"]) await bench.store.upkeep?.traces(userId);
  for (const userId of ["ada", "user 7"]) {
    let page = await bench.store.upkeep?.kept(userId);
    while (page?.next !== undefined) page = await bench.store.upkeep?.kept(userId, page.next);
  }
  await withPeople(bench);
  await withPolls(bench);
  await withPlans(bench);
  await withDevices(bench);
  await withPreviews(bench);
  await withFiles(bench);
  await withCases(bench);
  await bench.store.erasures?.remember("bob", 1_000);
  await bench.store.erasures?.of("bob");
  await bench.store.erasures?.forget(10);
  await bench.store.upkeep?.forget("bob", 1_000);
  await bench.store.upkeep?.forgetConversation("a");
  await bench.store.upkeep?.prune({ now: 0, before: 0, newest: 45, rememberedSince: 0 });
}

async function withPeople(bench: Workbench): Promise<void> {
  const on = { conversationId: "open" } as const;
  await bench.accepted("ada", { type: "conversation.create", kind: "community", ...on });
  await bench.accepted("bob", { type: "participant.join", ...on });
  await bench.accepted("bob", { type: "participant.notify", notify: "mentions", ...on });
  const bob = { userId: "bob", ...on } as const;
  await bench.accepted("ada", { type: "participant.role", role: "moderator", ...bob });
  await bench.accepted("ada", { type: "participant.permissions", canSend: false, ...bob });
  await bench.accepted("ada", { type: "participant.mute", until: 2_000_000, ...bob });
  await bench.accepted("ada", { type: "participant.unmute", ...bob });
  await bench.accepted("bob", { type: "participant.leave", ...on });
  await bench.accepted("ada", { type: "participant.add", ...bob });
  await bench.accepted("ada", { type: "participant.ban", ...bob });
  await bench.accepted("ada", { type: "participant.unban", ...bob });
  await bench.accepted("ada", { type: "conversation.update", name: "Open", ...on });
  const messageId = await bench.said("ada", "open", "one");
  await bench.said("ada", "open", "two");
  await bench.accepted("ada", { type: "message.pin", messageId, ...on });
  await bench.accepted("ada", { type: "message.unpin", messageId, ...on });
  await bench.accepted("ada", { type: "conversation.prune", floorSeq: 2, ...on }, { system: true });
  await bench.accepted("ada", { type: "conversation.status", status: "archived", ...on });
}

async function withPolls(bench: Workbench): Promise<void> {
  const content = { text: "Which?", poll: { options: ["Tea", "Coffee"] } };
  const asking = { type: "message.send", conversationId: "a", kind: "poll", content } as const;
  const { commandId: messageId } = await bench.accepted("ada", asking);
  const on = { conversationId: "a", messageId } as const;
  await bench.accepted("bob", { type: "poll.vote", choices: [1], ...on });
  await bench.accepted("bob", { type: "poll.vote", choices: [0], ...on });
  await bench.query("ada", { type: "voters", option: 0, limit: 20, ...on });
  await bench.query("ada", { type: "voters", option: 0, limit: 20, after: "b", ...on });
  await bench.accepted("ada", { type: "poll.close", ...on });
}

async function withPlans(bench: Workbench): Promise<void> {
  const { plans } = bench.store;
  if (!plans?.work) throw new Error("the store wakes nobody");
  const subject = (): NoteSubject => ({ kind: "reminder", conversationId: "a", messageId: newId() });
  const set = { type: "note.set", conversationId: "~/ada" } as const;
  const [late, early] = [subject(), subject()];
  await bench.accepted("ada", { ...set, subject: late, value: { dueAt: bench.at + 86_400_000 } });
  await bench.accepted("ada", { ...set, subject: late, value: { dueAt: bench.at + 96_400_000 } });
  await bench.accepted("ada", { type: "note.clear", conversationId: "~/ada", subject: late });
  await bench.accepted("ada", { ...set, subject: early, value: { dueAt: 1 } });
  expect(await plans.due(10)).toHaveLength(1);
  await plans.due(10, 1);
  await plans.next(10);
  let wake = (): void => {};
  const woken = new Promise<void>((resolve) => (wake = resolve));
  const stop = await plans.work(async () => wake());
  await woken;
  await stop();
}

async function withDevices(bench: Workbench): Promise<void> {
  const { push } = bench.store;
  if (!push) throw new Error("the store keeps no devices");
  const device = { userId: "bob", deviceId: "phone", endpoint: "https://push.example/bob", at: 1 };
  await push.put({ ...device, p256dh: "", auth: "" });
  await push.of("bob");
  await push.of("user 7");
  const { messages } = await bench.query("ada", { type: "history", conversationId: "a", limit: 5 });
  const told = { conversationId: "a", messageIds: messages.map(({ id }) => id) };
  expect((await push.audience(told))?.listeners).toHaveLength(1);
  await push.audience({ conversationId: "crowd 1007", messageIds: ["1007-1"] });
  const conversationIds = ["a", "crowd 1007", "crowd 1008"];
  const subject = { kind: "block", conversationId: "~/user 7", userId: "user 14" } as const;
  const block = { type: "note.set", conversationId: "~/user 7", subject, value: {} } as const;
  await push.unreadOfBlocked("user 7", conversationIds);
  await bench.accepted("user 7", block);
  await push.unreadOfBlocked("user 7", conversationIds);
  await push.drop({ ...device, p256dh: "", auth: "" });
  await push.remove("bob", "phone");
}

async function withPreviews(bench: Workbench): Promise<void> {
  const { previews } = bench.store;
  if (!previews) throw new Error("the store keeps no previews");
  const key = "https://page.example/new";
  await previews.put({ key, expiresAt: 60_000 });
  await previews.put({ key, expiresAt: 70_000 });
  expect(await previews.find(key)).toBeDefined();
  await previews.forget(100);
}

async function withCases(bench: Workbench): Promise<void> {
  const { cases } = bench.store;
  if (!cases) throw new Error("the store keeps no cases");
  const messageId = await bench.said("bob", "a", "odd");
  const on = { conversationId: "a", messageId } as const;
  const value = { text: "no" };
  const notes = (userId: string) => ({ type: "note.set", conversationId: `~/${userId}`, value }) as const;
  await bench.accepted("ada", { ...notes("ada"), subject: { kind: "report", ...on } });
  await bench.accepted("ada", {
    ...notes("ada"),
    subject: { kind: "report", conversationId: "a", userId: "bob" },
  });
  await bench.accepted("ada", { type: "message.delete", ...on });
  await bench.accepted("bob", { ...notes("bob"), subject: { kind: "appeal", ...on } });
  for (const order of ["newest", "urgent"] as const)
    for (const conversationId of [undefined, "a", "crowd 7"])
      for (const isOpen of [true, false]) await cases.page({ conversationId, isOpen, order, limit: 20 });
  const { items } = await cases.page({ conversationId: "a", isOpen: true, order: "newest", limit: 20 });
  expect(items).toHaveLength(2);
  await cases.find(items[0]?.id ?? "");
  for (const found of items) await cases.decide(found, "remove", { actorId: "ada", at: 1 });
  await cases.forget(10);
}

async function withFiles(bench: Workbench): Promise<void> {
  const { files } = bench.store;
  if (!files) throw new Error("the store keeps no files");
  const one = await ready(files);
  const other = await ready(files, { previewOf: one.fileId });
  await files.open(one, quota);
  await files.change(one.fileId, "ready", { scannedAt: 1 });
  const { commandId: messageId } = await bench.accepted("ada", showing("a", shown(one)));
  await files.isShown(one.fileId, "a");
  await files.abandon(other.fileId);
  await files.due(10_000);
  await files.remove([other.fileId]);
  await files.unscanned(10);
  const edit = { type: "message.edit", conversationId: "a", messageId } as const;
  await bench.accepted("ada", { ...edit, content: { text: "x", attachments: [] } });
}
