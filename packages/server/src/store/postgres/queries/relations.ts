import {
  type MessageRecord,
  type MessagesQuery,
  THREAD_NAMES,
  type ThreadQuery,
} from "@tidings/core/protocol";
import { sql } from "kysely";
import { answered, type Reading } from "../../reading.ts";
import type { Answer } from "../../store.ts";
import type { Session } from "../session.ts";
import { array } from "../statement.ts";
import { build } from "../tables.ts";
import { hiddenIn, ownReactions } from "./own-reactions.ts";

// Answers about messages by what they belong to.

export async function messages(
  session: Session,
  reading: Reading,
  { messageIds }: MessagesQuery,
): Promise<Answer> {
  return answered<"messages">(await byId(session, reading, messageIds));
}

export async function thread(
  session: Session,
  epoch: string,
  reading: Reading,
  { threadId, before = Number.MAX_SAFE_INTEGER, readSeq, limit }: ThreadQuery,
): Promise<Answer> {
  const { readerId } = reading;
  const { key, head } = reading.conversation;
  const within = build
    .selectFrom("messages")
    .where("conversation", "=", key)
    .where("thread_id", "=", threadId);
  const counting = within.select(sql<number>`count(*)`.as("count")).where("is_deleted", "=", false);
  const [[root], rows, counted, names, unread] = await Promise.all([
    byId(session, reading, [threadId]),
    session.all(
      within
        .select("record")
        .where("seq", "<", before)
        .orderBy("seq", "desc")
        .limit(limit + 1),
    ),
    session.first(counting),
    session.all(
      within
        .select("author_id")
        .groupBy("author_id")
        .orderBy(sql`min(seq)`)
        .limit(THREAD_NAMES),
    ),
    readSeq === undefined
      ? undefined
      : session.first(counting.where("seq", ">", readSeq).where("author_id", "!=", readerId)),
  ]);
  const found = rows
    .slice(0, limit)
    .map(({ record }) => record)
    .reverse();
  return answered<"thread">({
    ...{ epoch, messages: found, hasOlder: rows.length > limit, head },
    ...(root && { root }),
    replies: counted?.count ?? 0,
    userIds: names.map((row) => row.author_id),
    ...(readSeq !== undefined && { unread: { readSeq, count: unread?.count ?? 0 } }),
    own: await ownReactions(session, readerId, hiddenIn(readerId, [...(root ? [root] : []), ...found])),
  });
}

export async function pins(session: Session, { conversation }: Reading): Promise<Answer> {
  const rows = await session.all(
    build
      .selectFrom("messages")
      .select("record")
      .where("conversation", "=", conversation.key)
      .where("pinned_at", "is not", null)
      .orderBy("pinned_at", "desc")
      .orderBy("seq", "desc")
      .limit(1_000),
  );
  return answered<"pins">(rows.map(({ record }) => record));
}

async function byId(
  session: Session,
  { conversation }: Reading,
  ids: readonly string[],
): Promise<readonly MessageRecord[]> {
  const rows = await session.all(
    build
      .selectFrom("messages")
      .select("record")
      .where("id", "=", sql<string>`ANY(${array("text", ids)})`)
      .where("conversation", "=", conversation.key),
  );
  return rows.map(({ record }) => record);
}
