import {
  type ConversationRecord,
  dueOf,
  type MessageRecord,
  noteIdOf,
  type NoteRecord,
  type ParticipantRecord,
} from "@tidings/core/protocol";
import { filesIn } from "@tidings/core/domain";
import { mayRead } from "../../access.ts";
import type { Rows, StoredConversation } from "../rows.ts";
import type { Connection, Value } from "./database.ts";
import { createShownFiles, type ShownFiles } from "./files.ts";
import { createSearchIndex } from "./search-index.ts";

export interface ConversationRow {
  readonly key: number;
  readonly id: string;
  readonly rev: number;
  readonly seq: number;
  readonly active_at: number;
  readonly members: number;
  readonly owners: number;
  readonly pins: number;
  readonly record: string;
}

interface RecordRow {
  readonly record: string;
}

interface ReceiptRow {
  readonly delivered_seq: number;
  readonly read_seq: number;
  readonly at: number;
}

/** A record as it was stored. The database is ours alone, so what we wrote is not checked again. */
export function decode<Item>(row: RecordRow): Item {
  return JSON.parse(row.record) as Item;
}

export function conversationOf(row: ConversationRow): StoredConversation {
  const { key, id, rev, seq, active_at, members, owners, pins } = row;
  return {
    key,
    head: { conversationId: id, rev, seq },
    record: decode<ConversationRecord>(row),
    counts: { members, owners, pins },
    activeAt: active_at,
  };
}

export function createTables(connection: Connection): Rows {
  const shown = createShownFiles(connection);
  return { ...createReaders(connection, shown), ...createWriters(connection, shown) };
}

type Readers = Pick<
  Rows,
  "conversation" | "takeKey" | "participant" | "message" | "receipt" | "note" | "file" | "hasReacted"
>;

function createReaders({ prepare }: Connection, shown: ShownFiles): Readers {
  const conversation = prepare<ConversationRow>("SELECT * FROM conversations WHERE id = ?");
  const highestKey = prepare<{ key: number | null }>("SELECT max(key) AS key FROM conversations");
  const participant = prepare<RecordRow>(
    "SELECT record FROM participants WHERE conversation = ? AND user_id = ?",
  );
  const message = prepare<RecordRow>("SELECT record FROM messages WHERE id = ?");
  const receipt = prepare<ReceiptRow>(
    "SELECT delivered_seq, read_seq, at FROM receipts WHERE conversation = ? AND user_id = ?",
  );
  const note = prepare<RecordRow>("SELECT record FROM notes WHERE conversation = ? AND id = ?");
  const reaction = prepare<object>(
    "SELECT 1 FROM reactions WHERE message_id = ? AND emoji = ? AND user_id = ?",
  );
  let lastKey = 0;
  return {
    conversation: (conversationId) => mapped(conversation.get(conversationId), conversationOf),
    takeKey: () => (lastKey = Math.max(lastKey, highestKey.get()?.key ?? 0) + 1),
    participant: (key, userId) => mapped(participant.get(key, userId), decode<ParticipantRecord>),
    message: (messageId) => mapped(message.get(messageId), decode<MessageRecord>),
    receipt: (key, conversationId, userId) =>
      mapped(receipt.get(key, userId), (row) => ({
        conversationId,
        userId,
        deliveredSeq: row.delivered_seq,
        readSeq: row.read_seq,
        at: row.at,
      })),
    note: (key, _conversationId, noteId) => mapped(note.get(key, noteId), decode<NoteRecord>),
    file: (fileId, userId) => shown.find(fileId, userId),
    hasReacted: (messageId, userId, emoji) => reaction.get(messageId, emoji, userId) !== undefined,
  };
}

function createWriters(connection: Connection, shown: ShownFiles): Omit<Rows, keyof Readers> {
  const { prepare } = connection;
  const index = createSearchIndex(connection);
  const conversation = prepare(
    `INSERT INTO conversations (key, id, rev, seq, active_at, members, owners, pins, record, has_retention)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET rev = excluded.rev, seq = excluded.seq, active_at = excluded.active_at,
       members = excluded.members, owners = excluded.owners, pins = excluded.pins,
       record = excluded.record, has_retention = excluded.has_retention`,
  );
  const participant = prepare(
    `INSERT INTO participants (conversation, user_id, rev, is_in, record) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (conversation, user_id) DO UPDATE SET rev = excluded.rev, is_in = excluded.is_in, record = excluded.record`,
  );
  const newMessage = prepare(
    `INSERT INTO messages (conversation, seq, sent_rev, rev, created_at, is_deleted, record, id, author_id, thread_id, pinned_at, origin_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const message = prepare(
    "UPDATE messages SET rev = ?, is_deleted = ?, record = ?, pinned_at = ? WHERE id = ?",
  );
  const version = prepare("INSERT INTO versions (message_id, version, record) VALUES (?, ?, ?)");
  const reaction = prepare(
    "INSERT INTO reactions (message_id, emoji, user_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const noReaction = prepare("DELETE FROM reactions WHERE message_id = ? AND emoji = ? AND user_id = ?");
  const note = prepare(
    `INSERT INTO notes (conversation, id, rev, is_kept, record, due_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (conversation, id) DO UPDATE SET rev = excluded.rev, is_kept = excluded.is_kept,
       record = excluded.record, due_at = excluded.due_at`,
  );
  const receipt = prepare(
    `INSERT INTO receipts (conversation, user_id, delivered_seq, read_seq, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (conversation, user_id) DO UPDATE SET delivered_seq = excluded.delivered_seq, read_seq = excluded.read_seq, at = excluded.at`,
  );
  return {
    putConversation({ key, head, record, counts, activeAt }) {
      const { members, owners, pins } = counts;
      const { conversationId, rev, seq } = head;
      conversation.run(
        key,
        conversationId,
        rev,
        seq,
        activeAt,
        members,
        owners,
        pins,
        JSON.stringify(record),
        bit(record?.settings.retention !== undefined),
      );
    },
    putParticipant(key, record) {
      participant.run(key, record.userId, record.rev, bit(mayRead(record)), JSON.stringify(record));
    },
    putMessage(key, record, sentRev) {
      const {
        id,
        rev,
        seq,
        authorId,
        createdAt,
        deletedAt,
        threadId = null,
        pinnedAt = null,
        origin,
      } = record;
      const isDeleted = bit(deletedAt !== undefined);
      const text = JSON.stringify(record);
      if (sentRev === undefined) {
        message.run(rev, isDeleted, text, pinnedAt, id);
        index.renew(record);
        if (isDeleted === 1 || record.version > 0) shown.renew(key, record);
      } else {
        const place = [key, seq, sentRev, rev, createdAt] as const;
        newMessage.run(...place, isDeleted, text, id, authorId, threadId, pinnedAt, origin?.authorId ?? null);
        index.add();
        if (filesIn(record.content).length > 0) shown.renew(key, record);
      }
    },
    putVersion: (_key, item) => version.run(item.messageId, item.version, JSON.stringify(item)),
    putReaction: (_key, messageId, userId, emoji, isPresent) =>
      (isPresent ? reaction : noReaction).run(messageId, emoji, userId),
    putNote(key, record) {
      note.run(
        key,
        noteIdOf(record.subject),
        record.rev,
        bit(record.value !== undefined),
        JSON.stringify(record),
        dueOf(record) ?? null,
      );
      shown.plan(key, record);
    },
    putReceipt: (key, item) => receipt.run(key, item.userId, item.deliveredSeq, item.readSeq, item.at),
  };
}

function mapped<From, To>(row: From | undefined, map: (row: From) => To): To | undefined {
  return row === undefined ? undefined : map(row);
}

function bit(fact: boolean): Value {
  return fact ? 1 : 0;
}
