import type { Receipt } from "@tidings/core/protocol";
import { sql } from "kysely";
import { type Remembered, sentAnswer, type StoredAnswer } from "../answers.ts";
import type { LoadedRows } from "./loaded-rows.ts";
import { array, type Session } from "./session.ts";
import { build, conversationOf, type ReceiptRow } from "./tables.ts";
import type { Wanted } from "./wanted.ts";

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
    loadKeys(session, wanted.keys, rows),
    loadParticipants(session, wanted, rows),
    loadMessages(session, [...wanted.messages], rows),
    loadReceipts(session, wanted, rows),
    loadReactions(session, wanted, rows),
  ]);
}

async function loadConversations(
  session: Session,
  ids: readonly string[],
  rows: LoadedRows,
  lock: boolean,
): Promise<void> {
  if (ids.length === 0) return;
  const all = build
    .selectFrom("conversations")
    .selectAll()
    .where("id", "=", sql<string>`ANY(${array("text", ids)})`)
    .orderBy("id");
  for (const row of await session.all(lock ? all.forUpdate() : all))
    rows.addConversation(conversationOf(row));
}

async function loadKeys(session: Session, count: number, rows: LoadedRows): Promise<void> {
  if (count === 0) return;
  const keys = sql<{
    key: number;
  }>`SELECT nextval('conversation_keys') AS key FROM generate_series(1, ${count}::int)`;
  for (const { key } of await session.all(keys)) rows.addKey(key);
}

async function loadParticipants(session: Session, wanted: Wanted, rows: LoadedRows): Promise<void> {
  const pairs = [...wanted.participants.values()];
  if (pairs.length === 0) return;
  const found = build
    .selectFrom("participants as p")
    .innerJoin("conversations as c", "c.key", "p.conversation")
    .innerJoin(pairsOf(pairs), (join) => join.onRef("w.id", "=", "c.id").onRef("w.user_id", "=", "p.user_id"))
    .select("p.record");
  for (const { record } of await session.all(found)) rows.addParticipant(record);
}

async function loadMessages(session: Session, ids: readonly string[], rows: LoadedRows): Promise<void> {
  if (ids.length === 0) return;
  const found = build
    .selectFrom("messages")
    .select("record")
    .where("id", "=", sql<string>`ANY(${array("text", ids)})`);
  for (const { record } of await session.all(found)) rows.addMessage(record);
}

async function loadReceipts(session: Session, wanted: Wanted, rows: LoadedRows): Promise<void> {
  const pairs = [...wanted.receipts.values()];
  if (pairs.length === 0) return;
  const found = build
    .selectFrom("receipts as r")
    .innerJoin("conversations as c", "c.key", "r.conversation")
    .innerJoin(pairsOf(pairs), (join) => join.onRef("w.id", "=", "c.id").onRef("w.user_id", "=", "r.user_id"))
    .select(["c.id", "r.user_id", "r.delivered_seq", "r.read_seq", "r.at"]);
  for (const { id, ...row } of await session.all(found)) rows.addReceipt(receiptOf(id, row));
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

async function loadReactions(session: Session, wanted: Wanted, rows: LoadedRows): Promise<void> {
  const all = [...wanted.reactions.values()];
  if (all.length === 0) return;
  const names = sql<{ message_id: string; emoji: string; user_id: string }>`(SELECT * FROM unnest(${array(
    "text",
    all.map(({ messageId }) => messageId),
  )}, ${array(
    "text",
    all.map(({ emoji }) => emoji),
  )}, ${array(
    "text",
    all.map(({ userId }) => userId),
  )}) AS w (message_id, emoji, user_id))`.as("w");
  const found = build
    .selectFrom("reactions as r")
    .innerJoin(names, (join) =>
      join
        .onRef("w.message_id", "=", "r.message_id")
        .onRef("w.emoji", "=", "r.emoji")
        .onRef("w.user_id", "=", "r.user_id"),
    )
    .select(["r.message_id", "r.emoji", "r.user_id"]);
  for (const row of await session.all(found)) rows.addReaction(row.message_id, row.user_id, row.emoji);
}

function pairsOf(pairs: readonly { readonly conversationId: string; readonly userId: string }[]) {
  const ids = array(
    "text",
    pairs.map(({ conversationId }) => conversationId),
  );
  const userIds = array(
    "text",
    pairs.map(({ userId }) => userId),
  );
  return sql<{
    id: string;
    user_id: string;
  }>`(SELECT * FROM unnest(${ids}, ${userIds}) AS w (id, user_id))`.as("w");
}

interface AnswerRow {
  readonly id: string;
  readonly user_id: string;
  readonly conversation_id: string;
  readonly at: number;
  /** Null for a message: it is its own memory of having been sent. */
  readonly answer: StoredAnswer | null;
}

/** Which commands were answered before, and what. To be asked once their conversations are locked (D2). */
export async function findAnswers(
  session: Session,
  commandIds: readonly string[],
): Promise<Map<string, Remembered>> {
  const ids = array("text", commandIds);
  const found = await session.all(sql<AnswerRow>`
    SELECT command_id AS id, user_id, conversation_id, at, answer FROM answers WHERE command_id = ANY(${ids})
    UNION ALL
    SELECT m.id, m.author_id, c.id, m.created_at, NULL FROM messages m
    JOIN conversations c ON c.key = m.conversation WHERE m.id = ANY(${ids})`);
  return new Map(
    found.map(({ id, user_id: userId, conversation_id: conversationId, at, answer }) => [
      id,
      { userId, conversationId, answer: answer ?? sentAnswer(id, at) },
    ]),
  );
}
