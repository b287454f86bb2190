import { sql } from "kysely";
import {
  dueOf,
  type MessageRecord,
  type MessageVersion,
  noteIdOf,
  type NoteRecord,
  type ParticipantRecord,
  type Receipt,
} from "@tidings/core/protocol";
import { mayRead } from "../../access.ts";
import type { Remembered } from "../answers.ts";
import type { ConversationState } from "../rows.ts";
import type { Writes } from "./loaded-rows.ts";
import { vectorOf } from "./search-index.ts";
import type { Session } from "./session.ts";
import { writeShownFiles } from "./shown-files.ts";
import { type Column, writer } from "./writer.ts";

/** An answer to be kept. */
export interface KeptAnswer {
  readonly commandId: string;
  readonly remembered: Remembered;
  readonly at: number;
}

/** Writes what a transaction changed: one statement per table however many rows, all in one round trip. */
export function write(
  session: Session,
  writes: Writes,
  answers: readonly KeptAnswer[],
): readonly Promise<unknown>[] {
  const statements = [
    ...writeConversations(writes.conversations),
    ...writeParticipants(writes.participants),
    ...addMemberships(writes.participants),
    ...removeMemberships(writes.participants),
    ...addMessages(writes.newMessages),
    ...writeMessages(writes.messages),
    ...addSearchable(writes.newMessages),
    ...renewSearchable(
      writes.messages.filter(({ version, deletedAt }) => version > 0 && deletedAt === undefined),
    ),
    ...writeShownFiles(writes),
    ...addReactions(writes.reactions),
    ...removeReactions(writes.noReactions),
    ...addVersions(writes.versions),
    ...writeNotes(writes.notes),
    ...writeReceipts(writes.receipts),
    ...addAnswers(answers),
  ];
  return statements.map((statement) => session.all(statement));
}

const writeConversations = writer<ConversationState>(
  "write conversations",
  [
    ["bigint", ({ key }) => key],
    ["text", ({ head }) => head.conversationId],
    ["bigint", ({ head }) => head.rev],
    ["bigint", ({ head }) => head.seq],
    ["bigint", ({ activeAt }) => activeAt],
    ["int", ({ counts }) => counts.members],
    ["int", ({ counts }) => counts.owners],
    ["int", ({ counts }) => counts.pins],
    ["json", ({ record }) => JSON.stringify(record)],
    ["boolean", ({ record }) => record?.settings.retention !== undefined],
  ],
  (rows) => sql`
    INSERT INTO conversations (key, id, rev, seq, active_at, members, owners, pins, record, has_retention)
    SELECT * FROM ${rows}
    ON CONFLICT (key) DO UPDATE SET rev = excluded.rev, seq = excluded.seq, active_at = excluded.active_at,
      members = excluded.members, owners = excluded.owners, pins = excluded.pins, record = excluded.record,
      has_retention = excluded.has_retention`,
);

interface WrittenParticipant {
  readonly key: number;
  readonly record: ParticipantRecord;
}

const writeParticipants = writer<WrittenParticipant>(
  "write participants",
  [
    ["bigint", ({ key }) => key],
    ["text", ({ record }) => record.userId],
    ["bigint", ({ record }) => record.rev],
    ["boolean", ({ record }) => mayRead(record)],
    ["json", ({ record }) => JSON.stringify(record)],
  ],
  (rows) => sql`
    INSERT INTO participants (conversation, user_id, rev, is_in, record) SELECT * FROM ${rows}
    ON CONFLICT (conversation, user_id) DO UPDATE SET rev = excluded.rev, is_in = excluded.is_in, record = excluded.record`,
);

const membershipColumns: readonly Column<WrittenParticipant>[] = [
  ["text", ({ record }) => record.userId],
  ["bigint", ({ key }) => key],
  ["boolean", ({ record }) => mayRead(record)],
];

const addMemberships = writer(
  "add memberships",
  membershipColumns,
  (rows) => sql`
    INSERT INTO memberships (user_id, conversation)
    SELECT user_id, conversation FROM ${rows} AS new (user_id, conversation, is_in) WHERE is_in ON CONFLICT DO NOTHING`,
);

const removeMemberships = writer(
  "remove memberships",
  membershipColumns,
  (rows) => sql`
    DELETE FROM memberships m USING ${rows} AS gone (user_id, conversation, is_in)
    WHERE m.user_id = gone.user_id AND m.conversation = gone.conversation AND NOT gone.is_in`,
);

export const newMessageColumns: readonly Column<Writes["newMessages"][number]>[] = [
  ["bigint", ({ key }) => key],
  ["bigint", ({ record }) => record.seq],
  ["bigint", ({ sentRev }) => sentRev],
  ["bigint", ({ record }) => record.rev],
  ["bigint", ({ record }) => record.createdAt],
  ["boolean", ({ record }) => record.deletedAt !== undefined],
  ["text", ({ record }) => record.id],
  ["text", ({ record }) => record.authorId],
  ["json", ({ record }) => JSON.stringify(record)],
];

/** Beside each new message, what is indexed of it. */
export const wordsColumn: Column<Writes["newMessages"][number]> = [
  "tsvector",
  ({ record }) => vectorOf(record),
];

const addSearchable = writer<Writes["newMessages"][number]>(
  "add searchable",
  [
    ["bigint", ({ key }) => key],
    ["bigint", ({ record }) => record.seq],
    ["bigint", ({ record }) => record.createdAt],
    ["int", ({ record }) => record.version],
    wordsColumn,
  ],
  (rows) => sql`
    INSERT INTO searchable (conversation, seq, created_at, version, words)
    SELECT * FROM ${rows} AS new (conversation, seq, created_at, version, words) WHERE new.words IS NOT NULL`,
);

/** After the messages themselves; only of those whose content is another. */
const renewSearchable = writer<MessageRecord>(
  "renew searchable",
  [
    ["text", ({ id }) => id],
    ["int", ({ version }) => version],
    ["tsvector", vectorOf],
  ],
  (rows) => sql`
    INSERT INTO searchable (conversation, seq, created_at, version, words)
    SELECT m.conversation, m.seq, m.created_at, new.version, new.words
    FROM ${rows} AS new (id, version, words) JOIN messages m ON m.id = new.id
    ON CONFLICT (conversation, seq) DO UPDATE SET version = excluded.version, words = excluded.words
    WHERE searchable.version <> excluded.version`,
);

const addMessages = writer(
  "add messages",
  [
    ...newMessageColumns,
    ["text", ({ record }) => record.threadId ?? null],
    ["bigint", ({ record }) => record.pinnedAt ?? null],
    ["text", ({ record }) => record.origin?.authorId ?? null],
  ],
  (rows) => sql`
    INSERT INTO messages (conversation, seq, sent_rev, rev, created_at, is_deleted, id, author_id, record, thread_id,
      pinned_at, origin_id)
    SELECT * FROM ${rows}`,
);

const writeMessages = writer<MessageRecord>(
  "write messages",
  [
    ["text", ({ id }) => id],
    ["bigint", ({ rev }) => rev],
    ["boolean", ({ deletedAt }) => deletedAt !== undefined],
    ["json", (record) => JSON.stringify(record)],
    ["bigint", ({ pinnedAt }) => pinnedAt ?? null],
  ],
  (rows) => sql`
    UPDATE messages m SET rev = new.rev, is_deleted = new.is_deleted, record = new.record, pinned_at = new.pinned_at
    FROM ${rows} AS new (id, rev, is_deleted, record, pinned_at) WHERE m.id = new.id`,
);

const addReactions = writer<Writes["reactions"][number]>(
  "add reactions",
  [
    ["bigint", ({ key }) => key],
    ["text", ({ names: [messageId] }) => messageId],
    ["text", ({ names: [, emoji] }) => emoji],
    ["text", ({ names: [, , userId] }) => userId],
  ],
  (rows) => sql`
    INSERT INTO reactions (conversation, message_id, emoji, user_id) SELECT * FROM ${rows} ON CONFLICT DO NOTHING`,
);

const removeReactions = writer<Writes["noReactions"][number]>(
  "remove reactions",
  [
    ["text", ([messageId]) => messageId],
    ["text", ([, emoji]) => emoji],
    ["text", ([, , userId]) => userId],
  ],
  (rows) => sql`
    DELETE FROM reactions r USING ${rows} AS gone (message_id, emoji, user_id)
    WHERE r.message_id = gone.message_id AND r.emoji = gone.emoji AND r.user_id = gone.user_id`,
);

const addVersions = writer<{ readonly key: number; readonly version: MessageVersion }>(
  "add versions",
  [
    ["bigint", ({ key }) => key],
    ["text", ({ version }) => version.messageId],
    ["int", ({ version }) => version.version],
    ["json", ({ version }) => JSON.stringify(version)],
  ],
  (rows) => sql`INSERT INTO versions (conversation, message_id, version, record) SELECT * FROM ${rows}`,
);

const writeNotes = writer<{ readonly key: number; readonly record: NoteRecord }>(
  "write notes",
  [
    ["bigint", ({ key }) => key],
    ["text", ({ record }) => noteIdOf(record.subject)],
    ["bigint", ({ record }) => record.rev],
    ["boolean", ({ record }) => record.value !== undefined],
    ["json", ({ record }) => JSON.stringify(record)],
    ["bigint", ({ record }) => dueOf(record) ?? null],
  ],
  (rows) => sql`
    INSERT INTO notes (conversation, id, rev, is_kept, record, due_at) SELECT * FROM ${rows}
    ON CONFLICT (conversation, id) DO UPDATE SET rev = excluded.rev, is_kept = excluded.is_kept,
      record = excluded.record, due_at = excluded.due_at`,
);

interface WrittenReceipt {
  readonly key: number;
  readonly receipt: Receipt;
}

export const receiptColumns: readonly Column<WrittenReceipt>[] = [
  ["bigint", ({ key }) => key],
  ["text", ({ receipt }) => receipt.userId],
  ["bigint", ({ receipt }) => receipt.deliveredSeq],
  ["bigint", ({ receipt }) => receipt.readSeq],
  ["bigint", ({ receipt }) => receipt.at],
];

const writeReceipts = writer(
  "write receipts",
  receiptColumns,
  (rows) => sql`
    INSERT INTO receipts (conversation, user_id, delivered_seq, read_seq, at) SELECT * FROM ${rows}
    ON CONFLICT (conversation, user_id) DO UPDATE SET delivered_seq = excluded.delivered_seq,
      read_seq = excluded.read_seq, at = excluded.at`,
);

const addAnswers = writer<KeptAnswer>(
  "add answers",
  [
    ["text", ({ commandId }) => commandId],
    ["text", ({ remembered }) => remembered.userId],
    ["text", ({ remembered }) => remembered.conversationId],
    ["bigint", ({ at }) => at],
    ["json", ({ remembered }) => JSON.stringify(remembered.answer)],
  ],
  (rows) => sql`INSERT INTO answers (command_id, user_id, conversation_id, at, answer) SELECT * FROM ${rows}`,
);
