import {
  type MessageRecord,
  type MessageVersion,
  notebookOf,
  type NoteRecord,
  type ParticipantRecord,
} from "@tidings/core/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import type { StoredAnswer } from "../stored-answer.ts";
import {
  type Kept,
  KEPT_AT_ONCE,
  keptAnswer,
  keptCase,
  keptFile,
  type KeptMark,
  keptMark,
  keptMessage,
  type KeptParts,
  keptVersion,
  type ReadPart,
} from "../kept.ts";
import type { CaseRow } from "../cases.ts";
import type { FileRecord } from "../files.ts";
import { pageOf } from "../reading.ts";
import { read } from "./session.ts";

/** Where a row of messages, or of their versions, stands. */
interface Place {
  readonly conversation: number;
  readonly seq: number;
}

/** Where rows of one conversation each stand. */
type InConversation = Pick<Place, "conversation">;

/**
 * See `Upkeep`. By indexes that begin with the user, paged by what comes next in them; what else belongs to a row is
 * looked up row by row, as a join would rather read all there is than one page.
 */
export function keptParts(pool: Pool): KeptParts {
  const part =
    <Row>(
      statement: (userId: string, place: string) => RawBuilder<Row>,
      itemOf: (row: Row) => Kept | readonly Kept[],
      placeOf: (row: Row) => string,
    ): ReadPart =>
    async (userId, place) => {
      const rows = await read(pool, "BEGIN READ ONLY", (session) => session.all(statement(userId, place)));
      const page = pageOf(rows, KEPT_AT_ONCE, itemOf, placeOf);
      return { ...page, items: page.items.flat() };
    };
  return {
    participants: part(
      participants,
      ({ record }) => record,
      ({ conversation }) => String(conversation),
    ),
    messages: part(messages, ({ record }) => keptMessage(record), placeOfMessage),
    versions: part(
      versions,
      ({ record }) => keptVersion(record),
      (row) => `${placeOfMessage(row)} ${row.record.version}`,
    ),
    reactions: part(
      reactions,
      ({ record, ...row }) => keptMark(row, record ?? undefined),
      ({ messageId, emoji }) => `${messageId} ${emoji}`,
    ),
    receipts: part(
      receipts,
      ({ conversation: _key, ...receipt }) => ({ type: "receipt", ...receipt }),
      ({ conversation }) => String(conversation),
    ),
    notes: part(
      notes,
      ({ record }) => record,
      ({ id }) => id,
    ),
    files: part(
      files,
      ({ record }) => keptFile(record),
      ({ record }) => `${record.createdAt} ${record.fileId}`,
    ),
    answers: part(
      answers,
      ({ answer, ...row }) => keptAnswer(row, answer),
      ({ commandId }) => commandId,
    ),
    cases: part(cases, keptCase, ({ id }) => id),
  };
}

/** One more than a page, to see whether there is a next. */
const LIMIT = sql.raw(`LIMIT ${KEPT_AT_ONCE + 1}`);

function participants(userId: string, place: string) {
  return sql<InConversation & { readonly record: ParticipantRecord }>`
    SELECT m.conversation, (
      SELECT record FROM participants p WHERE p.conversation = m.conversation AND p.user_id = m.user_id
    ) AS record
    FROM memberships m WHERE m.user_id = ${userId} AND m.conversation > ${Number(place)}
    ORDER BY m.conversation ${LIMIT}`;
}

function files(userId: string, place: string) {
  const [createdAt = "0", fileId = ""] = place.split(" ");
  return sql<{ readonly record: FileRecord }>`
    SELECT record FROM files WHERE owner_id = ${userId} AND state <> 'gone'
      AND (created_at, id) > (${Number(createdAt)}::bigint, ${fileId})
    ORDER BY created_at, id ${LIMIT}`;
}

function messages(userId: string, place: string) {
  const [conversation = 0, seq = 0] = numbersIn(place);
  return sql<Place & { readonly record: MessageRecord }>`
    SELECT conversation, seq, record FROM messages
    WHERE author_id = ${userId} AND (conversation, seq) > (${conversation}::bigint, ${seq}::bigint) AND NOT is_deleted
    ORDER BY conversation, seq ${LIMIT}`;
}

function versions(userId: string, place: string) {
  const [conversation = 0, seq = 0, version = -1] = numbersIn(place);
  return sql<Place & { readonly record: MessageVersion }>`
    SELECT m.conversation, m.seq, v.record
    FROM (
      SELECT conversation, seq, id FROM messages
      WHERE author_id = ${userId} AND (conversation, seq) >= (${conversation}::bigint, ${seq}::bigint) AND rev > sent_rev
      ORDER BY conversation, seq
    ) m, LATERAL (
      SELECT version, record FROM versions WHERE message_id = m.id
      AND (m.conversation, m.seq, version) > (${conversation}::bigint, ${seq}::bigint, ${version}::int)
      ORDER BY version OFFSET 0
    ) v
    ORDER BY m.conversation, m.seq, v.version ${LIMIT}`;
}

function reactions(userId: string, place: string) {
  const [messageId = "", ...rest] = place.split(" ");
  const emoji = rest.join(" ");
  return sql<KeptMark & { readonly record: MessageRecord | null }>`
    SELECT ${nameOf("r")}, r.message_id AS "messageId", r.emoji,
      CASE WHEN r.emoji LIKE 'option %' THEN (SELECT record FROM messages WHERE id = r.message_id) END AS record
    FROM reactions r
    WHERE r.user_id = ${userId} AND r.message_id >= ${messageId} AND (r.message_id, r.emoji) > (${messageId}, ${emoji})
    ORDER BY r.message_id, r.emoji ${LIMIT}`;
}

function receipts(userId: string, place: string) {
  return sql<
    InConversation & {
      readonly conversationId: string;
      readonly deliveredSeq: number;
      readonly readSeq: number;
      readonly at: number;
    }
  >`
    WITH theirs AS MATERIALIZED (SELECT conversation FROM participants WHERE user_id = ${userId})
    SELECT p.conversation, ${nameOf("p")}, r.delivered_seq AS "deliveredSeq", r.read_seq AS "readSeq", r.at
    FROM theirs p, LATERAL (
      SELECT * FROM receipts WHERE conversation = p.conversation AND user_id = ${userId} OFFSET 0
    ) r
    WHERE p.conversation > ${Number(place)} ORDER BY p.conversation ${LIMIT}`;
}

function notes(userId: string, place: string) {
  return sql<{ readonly id: string; readonly record: NoteRecord }>`
    SELECT id, record FROM notes
    WHERE conversation = (SELECT key FROM conversations WHERE id = ${notebookOf(userId)})
      AND id > ${place} AND is_kept ORDER BY id ${LIMIT}`;
}

function answers(userId: string, place: string) {
  return sql<{
    readonly commandId: string;
    readonly conversationId: string;
    readonly at: number;
    readonly answer: StoredAnswer;
  }>`
    SELECT command_id AS "commandId", conversation_id AS "conversationId", at, answer FROM answers
    WHERE user_id = ${userId} AND command_id > ${place} ORDER BY command_id ${LIMIT}`;
}

function cases(userId: string, place: string) {
  return sql<CaseRow>`SELECT * FROM cases WHERE user_id = ${userId} AND id > ${place} ORDER BY id ${LIMIT}`;
}

function nameOf(table: "p" | "r"): RawBuilder<string> {
  return sql`(SELECT id FROM conversations WHERE key = ${sql.ref(`${table}.conversation`)}) AS "conversationId"`;
}

function placeOfMessage({ conversation, seq }: Place): string {
  return `${conversation} ${seq}`;
}

function numbersIn(place: string): readonly number[] {
  return place === "" ? [] : place.split(" ").map(Number);
}
