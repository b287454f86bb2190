import type {
  MessageRecord,
  MessageVersion,
  NoteRecord,
  NotesQuery,
  ParticipantRecord,
  ParticipantsQuery,
  ReactorsQuery,
  VersionsQuery,
  VotersQuery,
} from "@tidings/core/protocol";
import { optionMark } from "@tidings/core/protocol";
import { sql } from "kysely";
import { answered, noMessage, noteRange, pageOf, type Reading, showsMark } from "../../reading.ts";
import type { Answer } from "../../store.ts";
import type { Session } from "../session.ts";
import { prepare } from "../statement.ts";

// Lists are paged by user id: the key itself, so that a page costs what is on it.

const members = prepare(
  "participants who are in",
  sql<{ record: ParticipantRecord }>`SELECT record FROM participants
    WHERE conversation = ${0} AND user_id > ${""} AND is_in ORDER BY user_id LIMIT ${0}`,
);

export async function participants(
  session: Session,
  { conversation }: Reading,
  { after = "", limit }: ParticipantsQuery,
): Promise<Answer> {
  const page = pageOf(
    await session.all(members(conversation.key, after, limit + 1)),
    limit,
    ({ record }) => record,
    ({ record }) => record.userId,
  );
  return answered<"participants">(page);
}

const reactorsOf = prepare(
  "reactors",
  sql<{ user_id: string }>`SELECT user_id FROM reactions
    WHERE message_id = ${""} AND emoji = ${""} AND user_id > ${""} ORDER BY user_id LIMIT ${0}`,
);

const notesIn = prepare(
  "notes",
  sql<{ id: string; record: NoteRecord }>`SELECT id, record FROM notes
    WHERE conversation = ${0} AND id > ${""} AND id < ${""} AND is_kept ORDER BY id LIMIT ${0}`,
);

export async function notes(session: Session, { conversation }: Reading, query: NotesQuery): Promise<Answer> {
  const [after, before] = noteRange(query);
  const page = pageOf(
    await session.all(notesIn(conversation.key, after, before, query.limit + 1)),
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
  return marked(session, reading, messageId, { mark: emoji, after, limit });
}

export async function voters(
  session: Session,
  reading: Reading,
  { messageId, option, after = "", limit }: VotersQuery,
): Promise<Answer> {
  return marked(session, reading, messageId, { mark: optionMark(option), after, limit });
}

interface Marked {
  readonly mark: string;
  readonly after: string;
  readonly limit: number;
}

async function marked(
  session: Session,
  reading: Reading,
  messageId: string,
  { mark, after, limit }: Marked,
): Promise<Answer> {
  const message = await messageOf(session, reading, messageId);
  if (!message) return noMessage;
  const page = pageOf(
    showsMark(message, mark) ? await session.all(reactorsOf(messageId, mark, after, limit + 1)) : [],
    limit,
    (row) => row.user_id,
    (row) => row.user_id,
  );
  return answered<"reactors" | "voters">(page);
}

const versionsOf = prepare(
  "versions",
  sql<{
    record: MessageVersion;
  }>`SELECT record FROM versions WHERE message_id = ${""} ORDER BY version LIMIT 1000`,
);

export async function versions(
  session: Session,
  reading: Reading,
  { messageId }: VersionsQuery,
): Promise<Answer> {
  const message = await messageOf(session, reading, messageId);
  if (!message) return noMessage;
  // What was deleted is kept for the audit, not for the members.
  if (message.deletedAt !== undefined) return answered<"versions">([]);
  const rows = await session.all(versionsOf(messageId));
  return answered<"versions">(rows.map(({ record }) => record));
}

const messageIn = prepare(
  "message in conversation",
  sql<{ record: MessageRecord }>`SELECT record FROM messages WHERE id = ${""} AND conversation = ${0}`,
);

async function messageOf(
  session: Session,
  { conversation }: Reading,
  messageId: string,
): Promise<MessageRecord | undefined> {
  return (await session.first(messageIn(messageId, conversation.key)))?.record;
}
