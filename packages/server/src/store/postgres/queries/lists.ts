import type {
  MessageRecord,
  NotesQuery,
  ParticipantsQuery,
  ReactorsQuery,
  ReceiptsQuery,
  VersionsQuery,
} from "@tidings/core/protocol";
import { answered, noMessage, noteRange, pageOf, type Reading } from "../../reading.ts";
import type { Answer } from "../../store.ts";
import { receiptOf } from "../load.ts";
import type { Session } from "../session.ts";
import { build } from "../tables.ts";

// Lists are paged by user id: the key itself, so that a page costs what is on it.

export async function participants(
  session: Session,
  { conversation }: Reading,
  { after = "", limit }: ParticipantsQuery,
): Promise<Answer> {
  const rows = await session.all(
    build
      .selectFrom("participants")
      .select("record")
      .where("conversation", "=", conversation.key)
      .where("user_id", ">", after)
      .where("is_in", "=", true)
      .orderBy("user_id")
      .limit(limit + 1),
  );
  const page = pageOf(
    rows,
    limit,
    ({ record }) => record,
    ({ record }) => record.userId,
  );
  return answered<"participants">(page);
}

export async function receipts(
  session: Session,
  { conversation, readerId }: Reading,
  { after = "", limit }: ReceiptsQuery,
): Promise<Answer> {
  const { key, head, record } = conversation;
  const isShown = record.settings.receipts;
  const shown = build
    .selectFrom("receipts as r")
    .innerJoin("participants as p", (join) =>
      join.onRef("p.conversation", "=", "r.conversation").onRef("p.user_id", "=", "r.user_id"),
    )
    .select(["r.user_id", "r.delivered_seq", "r.read_seq", "r.at"])
    .where("r.conversation", "=", key)
    .where("p.is_in", "=", true)
    .where("r.user_id", ">", after)
    .orderBy("r.user_id")
    .limit(limit + 1);
  const rows = await session.all(isShown ? shown : shown.where("r.user_id", "=", readerId));
  const page = pageOf(
    rows,
    limit,
    (row) => receiptOf(head.conversationId, row),
    (row) => row.user_id,
  );
  return answered<"receipts">(page);
}

export async function notes(session: Session, { conversation }: Reading, query: NotesQuery): Promise<Answer> {
  const [after, before] = noteRange(query);
  const rows = await session.all(
    build
      .selectFrom("notes")
      .select(["id", "record"])
      .where("conversation", "=", conversation.key)
      .where("id", ">", after)
      .where("id", "<", before)
      .where("is_kept", "=", true)
      .orderBy("id")
      .limit(query.limit + 1),
  );
  const page = pageOf(
    rows,
    query.limit,
    ({ record }) => record,
    ({ id }) => id,
  );
  return answered<"notes">(page);
}

export async function reactors(
  session: Session,
  reading: Reading,
  { messageId, emoji, after = "", limit }: ReactorsQuery,
): Promise<Answer> {
  const message = await messageOf(session, reading, messageId);
  if (!message) return noMessage;
  const isShown = message.reactions.some((reaction) => reaction.emoji === emoji);
  const some = build
    .selectFrom("reactions")
    .select("user_id")
    .where("message_id", "=", messageId)
    .where("emoji", "=", emoji)
    .where("user_id", ">", after)
    .orderBy("user_id")
    .limit(limit + 1);
  const page = pageOf(
    isShown ? await session.all(some) : [],
    limit,
    (row) => row.user_id,
    (row) => row.user_id,
  );
  return answered<"reactors">(page);
}

export async function versions(
  session: Session,
  reading: Reading,
  { messageId }: VersionsQuery,
): Promise<Answer> {
  const message = await messageOf(session, reading, messageId);
  if (!message) return noMessage;
  // What was deleted is kept for the audit, not for the members.
  if (message.deletedAt !== undefined) return answered<"versions">([]);
  const rows = await session.all(
    build
      .selectFrom("versions")
      .select("record")
      .where("message_id", "=", messageId)
      .orderBy("version")
      .limit(1_000),
  );
  return answered<"versions">(rows.map(({ record }) => record));
}

async function messageOf(
  session: Session,
  { conversation }: Reading,
  messageId: string,
): Promise<MessageRecord | undefined> {
  const row = await session.first(
    build
      .selectFrom("messages")
      .select("record")
      .where("id", "=", messageId)
      .where("conversation", "=", conversation.key),
  );
  return row?.record;
}
