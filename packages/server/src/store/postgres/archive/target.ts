import { sql } from "kysely";
import type { CaseLine, FlagLine } from "../../archive.ts";
import type { ArchiveRows, ArchiveTarget } from "../../archive-writing.ts";
import { type FileRecord, UNSHOWN_MS } from "../../files.ts";
import type { PushTarget } from "../../push.ts";
import { insertion } from "../audit.ts";
import { Writes } from "../loaded-rows.ts";
import type { Session } from "../session.ts";
import { array } from "../statement.ts";
import { type ConversationRow, conversationOf } from "../tables.ts";
import { write } from "../write.ts";
import { writer } from "../writer.ts";

/** Within the transaction of `session`. */
export function archiveTarget(session: Session): ArchiveTarget {
  return {
    async takeKeys(count) {
      const rows = await session.all(
        sql<{
          key: number;
        }>`SELECT nextval('conversation_keys') AS key FROM generate_series(1, ${count}::int)`,
      );
      return rows.map(({ key }) => key);
    },
    async conversations(ids) {
      const rows = await session.all(sql<ConversationRow>`
        SELECT key, id, rev, seq, active_at, members, owners, pins, record FROM conversations
        WHERE id = ANY(${array("text", ids)})`);
      return rows.map(conversationOf);
    },
    async homes(ids) {
      const rows = await session.all(sql<{ readonly id: string; readonly key: number }>`
        SELECT id, conversation AS key FROM messages WHERE id = ANY(${array("text", ids)})`);
      return new Map(rows.map(({ id, key }) => [id, key]));
    },
    async files(ids) {
      const rows = await session.all(
        sql<{ readonly id: string }>`SELECT id FROM files WHERE id = ANY(${array("text", ids)})`,
      );
      return new Set(rows.map(({ id }) => id));
    },
    drop: (key) =>
      Promise.all([
        session.all(sql`DELETE FROM participants WHERE conversation = ${key}::bigint`),
        session.all(sql`DELETE FROM memberships WHERE conversation = ${key}::bigint`),
        session.all(sql`DELETE FROM receipts WHERE conversation = ${key}::bigint`),
        session.all(sql`DELETE FROM conversations WHERE key = ${key}::bigint`),
      ]),
    write: (rows) =>
      Promise.all([
        ...write(session, writesOf(rows), rows.answers),
        ...[
          ...writeMarks(rows.marks),
          ...writeFiles(rows.files),
          ...writeCases(rows.cases),
          ...writeFlags(rows.flags),
          ...writeDevices(rows.devices),
        ].map((each) => session.all(each)),
        ...(rows.audit.length > 0 ? [session.all(insertion(rows.audit))] : []),
      ]),
    isTaken: (error) => error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION,
  };
}

const UNIQUE_VIOLATION = "23505";

function writesOf(rows: ArchiveRows): Writes {
  const writes = new Writes();
  writes.conversations.push(...rows.conversations.values());
  writes.participants.push(...rows.participants.map(({ key, row: record }) => ({ key, record })));
  writes.newMessages.push(
    ...rows.messages.map(({ key, row: record, sentRev }) => ({ key, record, sentRev })),
  );
  writes.versions.push(...rows.versions.map(({ key, row: version }) => ({ key, version })));
  writes.notes.push(...rows.notes.map(({ key, row: record }) => ({ key, record })));
  writes.receipts.push(...rows.receipts.map(({ key, row: receipt }) => ({ key, receipt })));
  return writes;
}

/** There twice, one would be counted twice: it is refused. */
const writeMarks = writer<ArchiveRows["marks"][number]>(
  "import marks",
  [
    ["bigint", ({ key }) => key],
    ["text", ({ row }) => row.messageId],
    ["text", ({ row }) => row.emoji],
    ["text", ({ row }) => row.userId],
  ],
  (rows) => sql`INSERT INTO reactions (conversation, message_id, emoji, user_id) SELECT * FROM ${rows}`,
);

const writeFiles = writer<FileRecord>(
  "import files",
  [
    ["text", ({ fileId }) => fileId],
    ["text", ({ ownerId }) => ownerId],
    ["text", ({ conversationId }) => conversationId],
    ["text", ({ previewOf }) => previewOf ?? null],
    ["bigint", ({ size }) => size],
    ["text", ({ state }) => state],
    ["bigint", ({ createdAt }) => createdAt],
    ["bigint", ({ createdAt }) => createdAt + UNSHOWN_MS],
    ["json", (file) => JSON.stringify(file)],
  ],
  (rows) => sql`
    INSERT INTO files (id, owner_id, conversation_id, preview_of, size, state, created_at, due_at, record)
    SELECT * FROM ${rows}`,
);

const writeCases = writer<CaseLine>(
  "import cases",
  [
    ["text", ({ caseId }) => caseId],
    ["text", ({ conversationId }) => conversationId],
    ["text", ({ messageId }) => messageId ?? ""],
    ["text", ({ userId }) => userId],
    ["text", ({ status }) => status],
    ["bigint", ({ openedAt }) => openedAt],
    ["bigint", ({ urgency }) => urgency],
    ["bigint", ({ reports }) => reports],
    ["text", ({ decision }) => decision ?? null],
    ["bigint", ({ decidedAt }) => decidedAt ?? null],
    ["text", ({ decidedBy }) => decidedBy ?? null],
    ["text", ({ appeal }) => appeal ?? null],
    ["bigint", ({ revision }) => revision ?? 1],
    ["bigint", ({ decidedRevision }) => decidedRevision ?? null],
  ],
  (rows) => sql`
    INSERT INTO cases (id, conversation_id, message_id, user_id, status, opened_at, urgency, reports, decision,
      decided_at, decided_by, appeal, revision, decided_revision)
    SELECT * FROM ${rows}`,
);

const writeFlags = writer<FlagLine>(
  "import flags",
  [
    ["text", ({ caseId }) => caseId],
    ["text", ({ reporterId }) => reporterId],
    ["text", ({ rule }) => rule],
    ["text", ({ text }) => text],
    ["text", ({ score }) => score?.toString() ?? null],
    ["bigint", ({ at }) => at],
    ["bigint", ({ version }) => version ?? 0],
  ],
  (rows) => sql`
    INSERT INTO case_flags (case_id, reporter_id, rule, text, score, at, version)
    SELECT case_id, reporter_id, rule, text, score::double precision, at, version
    FROM ${rows} AS new (case_id, reporter_id, rule, text, score, at, version)`,
);

const writeDevices = writer<PushTarget>(
  "import devices",
  [
    ["text", ({ userId }) => userId],
    ["text", ({ deviceId }) => deviceId],
    ["text", ({ endpoint }) => endpoint],
    ["text", ({ p256dh }) => p256dh],
    ["text", ({ auth }) => auth],
    ["bigint", ({ at }) => at],
  ],
  (rows) => sql`
    INSERT INTO push_targets (user_id, device_id, endpoint, p256dh, auth, at)
    SELECT * FROM ${rows} ON CONFLICT DO NOTHING`,
);
