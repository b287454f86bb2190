import type { Receipt } from "@tidings/core/protocol";
import { sql } from "kysely";
import { type Remembered, sentAnswer } from "../answers.ts";
import type { StoredAnswer } from "../stored-answer.ts";
import { loadFiles } from "./files.ts";
import type { LoadedRows } from "./loaded-rows.ts";
import type { Session } from "./session.ts";
import { array, prepare } from "./statement.ts";
import { build, conversationOf, type ReceiptRow } from "./tables.ts";
import type { NotePlace, Pair, Wanted } from "./wanted.ts";

/**
 * Reads `asked` into `rows`, all in one round trip.
 *
 * @param lock - the conversations are going to be changed: nobody else changes them until this transaction ends, so
 *   that the order of commits is the order of revisions. Always in the order of their ids, so that two nodes never
 *   wait for each other.
 */
export async function load(session: Session, asked: Wanted, rows: LoadedRows, lock: boolean): Promise<void> {
  const wanted = rows.expect(asked);
  await Promise.all([
    loadConversations(session, [...wanted.conversations], rows, lock),
    loadConversations(session, [...wanted.sources], rows, false),
    loadKeys(session, wanted.keys, rows),
    loadParticipants(session, wanted, rows),
    loadMessages(session, [...wanted.messages], rows),
    loadReceipts(session, wanted, rows),
    loadReactions(session, wanted, rows),
    loadNotes(session, [...wanted.notes.values()], rows),
    loadFiles(session, [...wanted.files.values()], (...found) => rows.addFile(...found)),
  ]);
}

const conversations = build
  .selectFrom("conversations")
  .select(["key", "id", "rev", "seq", "active_at", "members", "owners", "pins", "record"])
  .where("id", "=", sql<string>`ANY(${array("text", [])})`)
  .orderBy("id");
const conversationsById = prepare("conversations", conversations);
const lockedById = prepare("locked conversations", conversations.forUpdate());

async function loadConversations(
  session: Session,
  ids: readonly string[],
  rows: LoadedRows,
  lock: boolean,
): Promise<void> {
  if (ids.length === 0) return;
  for (const row of await session.all((lock ? lockedById : conversationsById)(ids)))
    rows.addConversation(conversationOf(row));
}

const newKeys = prepare(
  "conversation keys",
  sql<{ key: number }>`SELECT nextval('conversation_keys') AS key FROM generate_series(1, ${0}::int)`,
);

async function loadKeys(session: Session, count: number, rows: LoadedRows): Promise<void> {
  if (count === 0) return;
  for (const { key } of await session.all(newKeys(count))) rows.addKey(key);
}

const pairs = sql<{
  id: string;
  user_id: string;
}>`(SELECT * FROM unnest(${array("text", [])}, ${array("text", [])}) AS w (id, user_id))`.as("w");

const participantsByPair = prepare(
  "participants",
  build
    .selectFrom("participants as p")
    .innerJoin("conversations as c", "c.key", "p.conversation")
    .innerJoin(pairs, (join) => join.onRef("w.id", "=", "c.id").onRef("w.user_id", "=", "p.user_id"))
    .select("p.record"),
);

async function loadParticipants(session: Session, wanted: Wanted, rows: LoadedRows): Promise<void> {
  const asked = [...wanted.participants.values()];
  if (asked.length === 0) return;
  for (const { record } of await session.all(participantsByPair(...columnsOf(asked))))
    rows.addParticipant(record);
}

const messagesById = prepare(
  "messages",
  build
    .selectFrom("messages")
    .select("record")
    .where("id", "=", sql<string>`ANY(${array("text", [])})`),
);

async function loadMessages(session: Session, ids: readonly string[], rows: LoadedRows): Promise<void> {
  if (ids.length === 0) return;
  for (const { record } of await session.all(messagesById(ids))) rows.addMessage(record);
}

const receiptsByPair = prepare(
  "receipts",
  build
    .selectFrom("receipts as r")
    .innerJoin("conversations as c", "c.key", "r.conversation")
    .innerJoin(pairs, (join) => join.onRef("w.id", "=", "c.id").onRef("w.user_id", "=", "r.user_id"))
    .select(["c.id", "r.user_id", "r.delivered_seq", "r.read_seq", "r.at"]),
);

async function loadReceipts(session: Session, wanted: Wanted, rows: LoadedRows): Promise<void> {
  const asked = [...wanted.receipts.values()];
  if (asked.length === 0) return;
  for (const { id, ...row } of await session.all(receiptsByPair(...columnsOf(asked))))
    rows.addReceipt(receiptOf(id, row));
}

function columnsOf(asked: readonly Pair[]): readonly [ids: readonly string[], userIds: readonly string[]] {
  return [asked.map(({ conversationId }) => conversationId), asked.map(({ userId }) => userId)];
}

export function receiptOf(conversationId: string, row: ReceiptRow): Receipt {
  return {
    conversationId,
    userId: row.user_id,
    deliveredSeq: row.delivered_seq,
    readSeq: row.read_seq,
    at: row.at,
  };
}

const notesByPlace = prepare(
  "notes",
  build
    .selectFrom("notes as n")
    .innerJoin("conversations as c", "c.key", "n.conversation")
    .innerJoin(
      sql<{ id: string; note_id: string }>`(SELECT * FROM unnest(${array("text", [])}, ${array(
        "text",
        [],
      )}) AS w (id, note_id))`.as("w"),
      (join) => join.onRef("w.id", "=", "c.id").onRef("w.note_id", "=", "n.id"),
    )
    .select("n.record"),
);

async function loadNotes(session: Session, asked: readonly NotePlace[], rows: LoadedRows): Promise<void> {
  if (asked.length === 0) return;
  const found = notesByPlace(
    asked.map(({ conversationId }) => conversationId),
    asked.map(({ noteId }) => noteId),
  );
  for (const { record } of await session.all(found)) rows.addNote(record);
}

const triples = sql<{ message_id: string; emoji: string; user_id: string }>`(SELECT * FROM unnest(${array(
  "text",
  [],
)}, ${array("text", [])}, ${array("text", [])}) AS w (message_id, emoji, user_id))`.as("w");

const reactionsByTriple = prepare(
  "reactions",
  build
    .selectFrom("reactions as r")
    .innerJoin(triples, (join) =>
      join
        .onRef("w.message_id", "=", "r.message_id")
        .onRef("w.emoji", "=", "r.emoji")
        .onRef("w.user_id", "=", "r.user_id"),
    )
    .select(["r.message_id", "r.emoji", "r.user_id"]),
);

async function loadReactions(session: Session, wanted: Wanted, rows: LoadedRows): Promise<void> {
  const all = [...wanted.reactions.values()];
  if (all.length === 0) return;
  const found = reactionsByTriple(
    all.map(({ messageId }) => messageId),
    all.map(({ emoji }) => emoji),
    all.map(({ userId }) => userId),
  );
  for (const row of await session.all(found)) rows.addReaction(row.message_id, row.user_id, row.emoji);
}

interface AnswerRow {
  readonly id: string;
  readonly user_id: string;
  readonly conversation_id: string;
  readonly at: number;
  /** Null for a message: it is its own memory of having been sent. */
  readonly answer: StoredAnswer | null;
}

const answersById = prepare(
  "answers",
  sql<AnswerRow>`
    SELECT command_id AS id, user_id, conversation_id, at, answer FROM answers WHERE command_id = ANY(${array("text", [])})
    UNION ALL
    SELECT m.id, m.author_id, c.id, m.created_at, NULL FROM messages m
    JOIN conversations c ON c.key = m.conversation WHERE m.id = ANY(${array("text", [])})`,
);

/** Which commands were answered before, and what. To be asked once their conversations are locked (D2). */
export async function findAnswers(
  session: Session,
  commandIds: readonly string[],
): Promise<Map<string, Remembered>> {
  const found = await session.all(answersById(commandIds, commandIds));
  return new Map(
    found.map(({ id, user_id: userId, conversation_id: conversationId, at, answer }) => [
      id,
      { userId, conversationId, answer: answer ?? sentAnswer(id, at) },
    ]),
  );
}
