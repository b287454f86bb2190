import {
  type MessageRecord,
  type MessageVersion,
  type NoteRecord,
  type ParticipantRecord,
  type Receipt,
} from "@tidings/core/protocol";
import { type RawBuilder, sql } from "kysely";
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
import type { FileRecord } from "../../files.ts";
import type { PushTarget } from "../../push.ts";
import type { Session } from "../session.ts";
import { array } from "../statement.ts";
import { type ConversationRow, conversationOf } from "../tables.ts";

interface Recorded<Item> {
  readonly record: Item;
}

/** The whole of a database, as the transaction of `session` sees it. */
export function archiveTables(session: Session): ArchiveTables {
  const page = async <Row, Item>(
    statement: RawBuilder<Row>,
    itemOf: (row: Row) => Item,
    placeOf: (row: Row) => Place,
  ): Promise<readonly Placed<Item>[]> => {
    const rows = await session.all(sql<Row>`${statement} LIMIT ${ARCHIVE_PAGE}::int`);
    return rows.map((row) => ({ place: placeOf(row), item: itemOf(row) }));
  };
  return {
    conversations: (only = "", [after = 0] = []) =>
      page(
        sql<ConversationRow>`SELECT key, id, rev, seq, active_at, members, owners, pins, record FROM conversations
          WHERE (${only} = '' OR id = ${only}) AND key > ${after}::bigint ORDER BY key`,
        conversationOf,
        ({ key }) => [key],
      ),
    participants: (key, [after = ""] = []) =>
      page(
        sql<Recorded<ParticipantRecord>>`SELECT record FROM participants
          WHERE conversation = ${key}::bigint AND user_id > ${after} ORDER BY user_id`,
        ({ record }) => record,
        ({ record }) => [record.userId],
      ),
    receipts: ({ key, head }, [after = ""] = []) =>
      page(
        sql<Omit<Receipt, "conversationId">>`
          SELECT user_id AS "userId", delivered_seq AS "deliveredSeq", read_seq AS "readSeq", at FROM receipts
          WHERE conversation = ${key}::bigint AND user_id > ${after} ORDER BY user_id`,
        (row) => ({ conversationId: head.conversationId, ...row }),
        ({ userId }) => [userId],
      ),
    messages: (key, [after = 0] = []) =>
      page(
        sql<Recorded<MessageRecord> & { readonly sent_rev: number }>`SELECT sent_rev, record FROM messages
          WHERE conversation = ${key}::bigint AND seq > ${after}::bigint ORDER BY seq`,
        ({ record, sent_rev: sentRev }) => ({ record, sentRev }),
        ({ record }) => [record.seq],
      ),
    versions: (ids, [id = "", version = -1] = []) =>
      page(
        sql<
          Recorded<MessageVersion>
        >`SELECT record FROM versions WHERE message_id = ANY(${array("text", ids)})
          AND (message_id, version) > (${id}, ${version}::int) ORDER BY message_id, version`,
        ({ record }) => record,
        ({ record }) => [record.messageId, record.version],
      ),
    marks: (ids, [id = "", emoji = "", userId = ""] = []) =>
      page(
        sql<Mark>`SELECT message_id AS "messageId", emoji, user_id AS "userId" FROM reactions
          WHERE message_id = ANY(${array("text", ids)}) AND (message_id, emoji, user_id) > (${id}, ${emoji}, ${userId})
          ORDER BY message_id, emoji, user_id`,
        (row) => row,
        (row) => [row.messageId, row.emoji, row.userId],
      ),
    notes: (key, [after = ""] = []) =>
      page(
        sql<Recorded<NoteRecord> & { readonly id: string }>`SELECT id, record FROM notes
          WHERE conversation = ${key}::bigint AND id > ${after} ORDER BY id`,
        ({ record }) => record,
        ({ id }) => [id],
      ),
    files: (only = 0, [after = ""] = []) =>
      page(
        sql<Recorded<FileRecord> & { readonly state: FileRecord["state"] }>`SELECT state, record FROM files
          WHERE state NOT IN ('open', 'gone') AND id > ${after} AND (${only}::bigint = 0
            OR id IN (SELECT file_id FROM shown_files WHERE conversation = ${only}::bigint)) ORDER BY id`,
        ({ state, record }) => ({ ...record, state }),
        ({ record }) => [record.fileId],
      ),
    ...ofPeople(page),
  };
}

function ofPeople(
  page: <Row, Item>(
    statement: RawBuilder<Row>,
    itemOf: (row: Row) => Item,
    placeOf: (row: Row) => Place,
  ) => Promise<readonly Placed<Item>[]>,
): Pick<ArchiveTables, "cases" | "flags" | "devices" | "answers" | "audit"> {
  return {
    cases: (only = "", [after = ""] = []) =>
      page(
        sql<ArchivedCase>`SELECT id AS "caseId", conversation_id AS "conversationId", message_id AS "messageId", user_id AS "userId", status,
          opened_at AS "openedAt", urgency, reports, decision, decided_at AS "decidedAt", decided_by AS "decidedBy", appeal,
          revision, decided_revision AS "decidedRevision" FROM cases
          WHERE (${only} = '' OR conversation_id = ${only}) AND id > ${after} ORDER BY id`,
        (row) => row,
        ({ caseId }) => [caseId],
      ),
    flags: (only = "", [caseId = "", reporterId = "", rule = ""] = []) =>
      page(
        sql<ArchivedFlag>`
          SELECT case_id AS "caseId", reporter_id AS "reporterId", rule, text, score, at, version
          FROM case_flags
          WHERE (${only} = '' OR case_id IN (SELECT id FROM cases WHERE conversation_id = ${only}))
            AND (case_id, reporter_id, rule COLLATE "C") > (${caseId}, ${reporterId}, ${rule})
          ORDER BY case_id, reporter_id, rule COLLATE "C"`,
        (row) => row,
        (row) => [row.caseId, row.reporterId, row.rule],
      ),
    devices: ([userId = "", deviceId = ""] = []) =>
      page(
        sql<PushTarget>`SELECT user_id AS "userId", device_id AS "deviceId", endpoint, p256dh, auth, at FROM push_targets
          WHERE (user_id, device_id) > (${userId}, ${deviceId}) ORDER BY user_id, device_id`,
        (row) => row,
        (row) => [row.userId, row.deviceId],
      ),
    answers: (only = "", [after = ""] = []) =>
      page(
        sql<Omit<AnswerLine, "type">>`
          SELECT command_id AS "commandId", user_id AS "userId", conversation_id AS "conversationId", at, answer FROM answers
          WHERE (${only} = '' OR conversation_id = ${only}) AND command_id > ${after} ORDER BY command_id`,
        (row) => row,
        ({ commandId }) => [commandId],
      ),
    audit: (only = "", [after = 0] = []) =>
      page(
        sql<AuditRow>`SELECT key, at, actor_id, action, subject, conversation_id, detail FROM audit
          WHERE (${only} = '' OR conversation_id = ${only}) AND key > ${after}::bigint ORDER BY key`,
        entryOf,
        ({ key }) => [key],
      ),
  };
}
