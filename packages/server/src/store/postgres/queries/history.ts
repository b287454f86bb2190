import type { HistoryPage, HistoryQuery, MessageRecord } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Reading } from "../../reading.ts";
import type { Session } from "../session.ts";
import { prepare } from "../statement.ts";
import { hiddenIn, ownReactions } from "./own-reactions.ts";

const oldestSeq = prepare(
  "oldest message",
  sql<{ seq: number }>`SELECT seq FROM messages WHERE conversation = ${0} ORDER BY seq LIMIT 1`,
);

const between = (order: "ASC" | "DESC") => sql<{ record: MessageRecord }>`
  SELECT record FROM messages WHERE conversation = ${0} AND seq > ${0} AND seq < ${0}
  ORDER BY seq ${sql.raw(order)} LIMIT ${0}`;
const messagesUpwards = prepare("messages upwards", between("ASC"));
const messagesDownwards = prepare("messages downwards", between("DESC"));

/** The first message sent at a time or later, or else the newest. */
const seqSince = prepare(
  "message of a time",
  sql<{ seq: number }>`SELECT tidings_seq_since(${0}, ${0},
    (SELECT seq FROM messages WHERE conversation = ${0} ORDER BY seq LIMIT 1), ${0}) AS seq`,
);

/** Answers `history`: an unbroken run of messages, in seq order. */
export async function history(
  session: Session,
  epoch: string,
  { readerId, conversation: { key, head } }: Reading,
  query: HistoryQuery,
): Promise<HistoryPage> {
  const [messages, oldest] = await Promise.all([
    select(session, key, head.seq, query),
    session.first(oldestSeq(key)),
  ]);
  return {
    epoch,
    messages,
    fromSeq: messages[0]?.seq ?? 0,
    toSeq: messages.at(-1)?.seq ?? 0,
    floorSeq: oldest?.seq ?? head.seq + 1,
    head,
    own: await ownReactions(session, readerId, hiddenIn(readerId, messages)),
  };
}

async function select(
  session: Session,
  key: number,
  newest: number,
  { before = newest + 1, after, at, limit, around: place }: HistoryQuery,
): Promise<readonly MessageRecord[]> {
  const around =
    at === undefined ? place : ((await session.first(seqSince(key, at, key, newest)))?.seq ?? newest);
  if (around === undefined) {
    return after === undefined
      ? downwards(session, key, before, limit)
      : upwards(session, key, after, before, limit);
  }
  const older = await downwards(session, key, around, limit >> 1);
  return [...older, ...(await upwards(session, key, around - 1, newest + 1, limit - older.length))];
}

async function upwards(
  session: Session,
  key: number,
  after: number,
  before: number,
  limit: number,
): Promise<readonly MessageRecord[]> {
  const rows = await session.all(messagesUpwards(key, after, before, limit));
  return rows.map(({ record }) => record);
}

async function downwards(
  session: Session,
  key: number,
  before: number,
  limit: number,
): Promise<readonly MessageRecord[]> {
  const rows = await session.all(messagesDownwards(key, 0, before, limit));
  return rows.map(({ record }) => record).reverse();
}
