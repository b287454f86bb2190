import type {
  MessageRecord,
  MessageVersion,
  NoteRecord,
  ParticipantRecord,
  Receipt,
} from "@tidings/core/protocol";
import type { AnswerLine } from "../../archive.ts";
import {
  ARCHIVE_PAGE,
  type ArchivedCase,
  type ArchivedFlag,
  type ArchiveTables,
  type Mark,
  type Place,
  type Placed,
} from "../../archive-reading.ts";
import { type AuditRow, entryOf } from "../../audit.ts";
import type { StoredAnswer } from "../../stored-answer.ts";
import type { FileRecord } from "../../files.ts";
import type { PushTarget } from "../../push.ts";
import type { Connection, Value } from "../database.ts";
import { type ConversationRow, conversationOf, decode } from "../tables.ts";

interface Recorded {
  readonly record: string;
}

type Read<Item> = (wanted: readonly Value[], after: Place) => readonly Placed<Item>[];

/** @param sql - its last two parts are where a page begins, and its order. */
type Part = <Row, Item>(sql: string, itemOf: (row: Row) => Item, placeOf: (row: Row) => Place) => Read<Item>;

/** The whole of a database that nobody changes meanwhile. */
export function createArchiveTables({ prepare }: Connection): ArchiveTables {
  const part: Part = <Row, Item>(
    sql: string,
    itemOf: (row: Row) => Item,
    placeOf: (row: Row) => Place,
  ): Read<Item> => {
    const statement = prepare<Row>(`${sql} LIMIT ${ARCHIVE_PAGE}`);
    return (wanted, after) =>
      statement.all(...wanted, ...after).map((row) => ({ place: placeOf(row), item: itemOf(row) }));
  };
  const conversations = part<ConversationRow, ReturnType<typeof conversationOf>>(
    "SELECT * FROM conversations WHERE (?1 = '' OR id = ?1) AND key > ?2 ORDER BY key",
    conversationOf,
    ({ key }) => [key],
  );
  const participants = part<Recorded & { readonly user_id: string }, ParticipantRecord>(
    "SELECT user_id, record FROM participants WHERE conversation = ? AND user_id > ? ORDER BY user_id",
    decode<ParticipantRecord>,
    ({ user_id: userId }) => [userId],
  );
  const receipts = part<Omit<Receipt, "conversationId">, Omit<Receipt, "conversationId">>(
    `SELECT user_id AS userId, delivered_seq AS deliveredSeq, read_seq AS readSeq, at FROM receipts
     WHERE conversation = ? AND user_id > ? ORDER BY user_id`,
    (row) => row,
    ({ userId }) => [userId],
  );
  const messages = part<
    Recorded & { readonly seq: number; readonly sent_rev: number },
    { readonly record: MessageRecord; readonly sentRev: number }
  >(
    "SELECT seq, sent_rev, record FROM messages WHERE conversation = ? AND seq > ? ORDER BY seq",
    (row) => ({ record: decode<MessageRecord>(row), sentRev: row.sent_rev }),
    ({ seq }) => [seq],
  );
  const versions = part<Recorded & { readonly id: string; readonly version: number }, MessageVersion>(
    `SELECT message_id AS id, version, record FROM versions WHERE message_id IN (SELECT value FROM json_each(?))
     AND (message_id, version) > (?, ?) ORDER BY message_id, version`,
    decode<MessageVersion>,
    ({ id, version }) => [id, version],
  );
  const marks = part<Mark, Mark>(
    `SELECT message_id AS messageId, emoji, user_id AS userId FROM reactions
     WHERE message_id IN (SELECT value FROM json_each(?)) AND (message_id, emoji, user_id) > (?, ?, ?)
     ORDER BY message_id, emoji, user_id`,
    (row) => row,
    ({ messageId, emoji, userId }) => [messageId, emoji, userId],
  );
  const notes = part<Recorded & { readonly id: string }, NoteRecord>(
    "SELECT id, record FROM notes WHERE conversation = ? AND id > ? ORDER BY id",
    decode<NoteRecord>,
    ({ id }) => [id],
  );
  return {
    conversations: (only = "", after = [0]) => conversations([only], after),
    participants: (key, after = [""]) => participants([key], after),
    receipts: ({ key, head }, after = [""]) =>
      receipts([key], after).map(({ place, item }) => ({
        place,
        item: { conversationId: head.conversationId, ...item },
      })),
    messages: (key, after = [0]) => messages([key], after),
    versions: (ids, after = ["", -1]) => versions([JSON.stringify(ids)], after),
    marks: (ids, after = ["", "", ""]) => marks([JSON.stringify(ids)], after),
    notes: (key, after = [""]) => notes([key], after),
    ...createOthers(part),
  };
}

function createOthers(
  part: Part,
): Pick<ArchiveTables, "files" | "cases" | "flags" | "devices" | "answers" | "audit"> {
  const files = part<Recorded & { readonly key: number; readonly state: FileRecord["state"] }, FileRecord>(
    `SELECT key, state, record FROM files WHERE state NOT IN ('open', 'gone')
     AND (?1 = 0 OR id IN (SELECT file_id FROM shown_files WHERE conversation = ?1)) AND key > ?2 ORDER BY key`,
    (row) => ({ ...decode<FileRecord>(row), state: row.state }),
    ({ key }) => [key],
  );
  const cases = part<ArchivedCase, ArchivedCase>(
    `SELECT id AS "caseId", conversation_id AS "conversationId", message_id AS "messageId", user_id AS "userId", status,
     opened_at AS "openedAt", urgency, reports, decision, decided_at AS "decidedAt", decided_by AS "decidedBy", appeal,
     revision, decided_revision AS "decidedRevision" FROM cases
     WHERE (?1 = '' OR conversation_id = ?1) AND id > ?2 ORDER BY id`,
    (row) => row,
    ({ caseId }) => [caseId],
  );
  const flags = part<ArchivedFlag, ArchivedFlag>(
    `SELECT case_id AS caseId, reporter_id AS reporterId, rule, text, score, at, version FROM case_flags
     WHERE (?1 = '' OR case_id IN (SELECT id FROM cases WHERE conversation_id = ?1))
     AND (case_id, reporter_id, rule) > (?2, ?3, ?4) ORDER BY case_id, reporter_id, rule`,
    (row) => row,
    ({ caseId, reporterId, rule }) => [caseId, reporterId, rule],
  );
  const devices = part<PushTarget, PushTarget>(
    `SELECT user_id AS userId, device_id AS deviceId, endpoint, p256dh, auth, at FROM push_targets
     WHERE (user_id, device_id) > (?, ?) ORDER BY user_id, device_id`,
    (row) => row,
    ({ userId, deviceId }) => [userId, deviceId],
  );
  const answers = part<AnsweredRow, Omit<AnswerLine, "type">>(
    `SELECT key, command_id AS commandId, user_id AS userId, conversation_id AS conversationId, at, answer FROM answers
     WHERE (?1 = '' OR conversation_id = ?1) AND key > ?2 ORDER BY key`,
    ({ key: _key, answer, ...row }) => ({ ...row, answer: decode<StoredAnswer>({ record: answer }) }),
    ({ key }) => [key],
  );
  const audit = part<AuditRow, ReturnType<typeof entryOf>>(
    "SELECT * FROM audit WHERE (?1 = '' OR conversation_id = ?1) AND key > ?2 ORDER BY key",
    entryOf,
    ({ key }) => [key],
  );
  return {
    files: (only = 0, after = [0]) => files([only], after),
    cases: (only = "", after = [""]) => cases([only], after),
    flags: (only = "", after = ["", "", ""]) => flags([only], after),
    devices: (after = ["", ""]) => devices([], after),
    answers: (only = "", after = [0]) => answers([only], after),
    audit: (only = "", after = [0]) => audit([only], after),
  };
}

interface AnsweredRow extends Omit<AnswerLine, "type" | "answer"> {
  readonly key: number;
  readonly answer: string;
}
