import { UNSHOWN_MS } from "../../files.ts";
import type { ArchiveRows, ArchiveTarget } from "../../archive-writing.ts";
import { createAnswers } from "../answers.ts";
import { createAudit } from "../audit.ts";
import type { Connection } from "../database.ts";
import { type ConversationRow, conversationOf, createTables } from "../tables.ts";

/** Within a transaction of whoever calls. */
export function createArchiveTarget(connection: Connection): ArchiveTarget {
  const { prepare } = connection;
  const tables = createTables(connection);
  const conversations = prepare<ConversationRow>(
    "SELECT * FROM conversations WHERE id IN (SELECT value FROM json_each(?))",
  );
  const homes = prepare<{ readonly id: string; readonly key: number }>(
    "SELECT id, conversation AS key FROM messages WHERE id IN (SELECT value FROM json_each(?))",
  );
  const files = prepare<{ readonly id: string }>(
    "SELECT id FROM files WHERE id IN (SELECT value FROM json_each(?))",
  );
  // There twice, it would be counted twice.
  const mark = prepare("INSERT INTO reactions (message_id, emoji, user_id) VALUES (?, ?, ?)");
  const dropped = ["participants", "receipts"].map((table) =>
    prepare(`DELETE FROM ${table} WHERE conversation = ?`),
  );
  const drop = prepare("DELETE FROM conversations WHERE key = ?");
  const writeOthers = createOthers(connection);
  return {
    takeKeys: (count) => Array.from({ length: count }, () => tables.takeKey()),
    conversations: (ids) => conversations.all(JSON.stringify(ids)).map(conversationOf),
    homes: (ids) => new Map(homes.all(JSON.stringify(ids)).map(({ id, key }) => [id, key])),
    files: (ids) => new Set(files.all(JSON.stringify(ids)).map(({ id }) => id)),
    drop(key) {
      for (const statement of [...dropped, drop]) statement.run(key);
    },
    write(rows) {
      for (const state of rows.conversations.values()) tables.putConversation(state);
      for (const { key, row } of rows.participants) tables.putParticipant(key, row);
      for (const { key, row } of rows.receipts) tables.putReceipt(key, row);
      for (const { key, row, sentRev } of rows.messages) tables.putMessage(key, row, sentRev);
      for (const { key, row } of rows.versions) tables.putVersion(key, row);
      for (const { row } of rows.marks) mark.run(row.messageId, row.emoji, row.userId);
      for (const { key, row } of rows.notes) tables.putNote(key, row);
      writeOthers(rows);
    },
    isTaken: (error) =>
      error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_CONSTRAINT"),
  };
}

/** What commits write past their rows, or not at all. */
function createOthers(connection: Connection): (rows: ArchiveRows) => void {
  const { prepare } = connection;
  const answers = createAnswers(connection);
  const audit = createAudit(connection);
  const file = prepare(
    `INSERT INTO files (id, owner_id, conversation_id, preview_of, size, state, created_at, due_at, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const moderated = prepare(
    `INSERT INTO cases (id, conversation_id, message_id, user_id, status, opened_at, urgency, reports, decision, decided_at, decided_by, appeal,
       revision, decided_revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const flag = prepare(
    "INSERT INTO case_flags (case_id, reporter_id, rule, text, score, at, version) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const device = prepare(
    `INSERT INTO push_targets (user_id, device_id, endpoint, p256dh, auth, at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  return (rows) => {
    for (const each of rows.files) {
      const { fileId, ownerId, conversationId, previewOf = null, size, state, createdAt } = each;
      const times = [state, createdAt, createdAt + UNSHOWN_MS] as const;
      file.run(fileId, ownerId, conversationId, previewOf, size, ...times, JSON.stringify(each));
    }
    for (const { caseId, conversationId, messageId = "", userId, status, openedAt, ...each } of rows.cases) {
      const { urgency, reports, decision = null, decidedAt = null, decidedBy = null, appeal = null } = each;
      const about = [caseId, conversationId, messageId, userId, status, openedAt] as const;
      const { revision = 1, decidedRevision = null } = each;
      const decided = [decision, decidedAt, decidedBy, appeal, revision, decidedRevision] as const;
      moderated.run(...about, urgency, reports, ...decided);
    }
    for (const { caseId, reporterId, rule, text, score = null, at, version = 0 } of rows.flags)
      flag.run(caseId, reporterId, rule, text, score, at, version);
    for (const { userId, deviceId, endpoint, p256dh, auth, at } of rows.devices)
      device.run(userId, deviceId, endpoint, p256dh, auth, at);
    for (const { commandId, remembered, at } of rows.answers) answers.put(commandId, remembered, at);
    for (const entry of rows.audit) audit.put(entry);
  };
}
