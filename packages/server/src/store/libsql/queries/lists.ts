import type {
  MessageRecord,
  MessageVersion,
  NoteRecord,
  NotesQuery,
  ParticipantRecord,
  ParticipantsQuery,
  ReactorsQuery,
  Receipt,
  ReceiptsQuery,
  VersionsQuery,
  VotersQuery,
} from "@tidings/core/protocol";
import { optionMark } from "@tidings/core/protocol";
import type { Answer } from "../../store.ts";
import type { Connection } from "../database.ts";
import type { Rows } from "../../rows.ts";
import { decode } from "../tables.ts";
import { answered, noMessage, noteRange, pageOf, type Reading, showsMark } from "../../reading.ts";

export interface Lists {
  participants(reading: Reading, query: ParticipantsQuery): Answer;
  receipts(reading: Reading, query: ReceiptsQuery): Answer;
  notes(reading: Reading, query: NotesQuery): Answer;
  reactors(reading: Reading, query: ReactorsQuery): Answer;
  voters(reading: Reading, query: VotersQuery): Answer;
  versions(reading: Reading, query: VersionsQuery): Answer;
}

interface ReceiptRow {
  readonly user_id: string;
  readonly delivered_seq: number;
  readonly read_seq: number;
  readonly at: number;
}

/** Lists are paged by user id: the key itself, so that a page costs what is on it. */
export function createLists({ prepare }: Connection, tables: Rows): Lists {
  const participants = prepare<{ record: string }>(
    "SELECT record FROM participants WHERE conversation = ? AND user_id > ? AND is_in = 1 ORDER BY user_id LIMIT ?",
  );
  const receipts = prepare<ReceiptRow>(
    `SELECT r.user_id, delivered_seq, read_seq, at FROM receipts r
     JOIN participants p ON p.conversation = r.conversation AND p.user_id = r.user_id AND p.is_in = 1
     WHERE r.conversation = ? AND r.user_id > ? ORDER BY r.user_id LIMIT ?`,
  );
  const notes = prepare<{ id: string; record: string }>(
    "SELECT id, record FROM notes WHERE conversation = ? AND id > ? AND id < ? AND is_kept = 1 ORDER BY id LIMIT ?",
  );
  const reactors = prepare<{ user_id: string }>(
    "SELECT user_id FROM reactions WHERE message_id = ? AND emoji = ? AND user_id > ? ORDER BY user_id LIMIT ?",
  );
  const versions = prepare<{ record: string }>(
    "SELECT record FROM versions WHERE message_id = ? ORDER BY version LIMIT 1000",
  );

  const messageOf = (reading: Reading, messageId: string): MessageRecord | undefined => {
    const message = tables.message(messageId);
    return message?.conversationId === reading.conversation.head.conversationId ? message : undefined;
  };

  const marked = (
    reading: Reading,
    mark: string,
    { messageId, after = "", limit }: Omit<ReactorsQuery, "type" | "emoji">,
  ): Answer => {
    const message = messageOf(reading, messageId);
    if (!message) return noMessage;
    const rows = showsMark(message, mark) ? reactors.all(messageId, mark, after, limit + 1) : [];
    return answered<"reactors" | "voters">(
      pageOf(
        rows,
        limit,
        (row) => row.user_id,
        (row) => row.user_id,
      ),
    );
  };

  return {
    participants({ conversation }, { after = "", limit }) {
      const rows = participants.all(conversation.key, after, limit + 1).map(decode<ParticipantRecord>);
      return answered<"participants">(
        pageOf(
          rows,
          limit,
          (row) => row,
          (row) => row.userId,
        ),
      );
    },
    receipts({ conversation, readerId }, { after = "", limit }) {
      const { key, head, record } = conversation;
      const { conversationId } = head;
      if (record.settings.receipts === false) {
        const own = after === "" ? tables.receipt(key, conversationId, readerId) : undefined;
        return answered<"receipts">({ items: own ? [own] : [] });
      }
      const rows = receipts.all(key, after, limit + 1);
      const receiptOf = ({
        user_id: userId,
        delivered_seq: deliveredSeq,
        read_seq: readSeq,
        at,
      }: ReceiptRow): Receipt => ({ conversationId, userId, deliveredSeq, readSeq, at });
      return answered<"receipts">(pageOf(rows, limit, receiptOf, (row) => row.user_id));
    },
    notes({ conversation }, query) {
      const { limit } = query;
      const rows = notes.all(conversation.key, ...noteRange(query), limit + 1);
      return answered<"notes">(pageOf(rows, limit, decode<NoteRecord>, ({ id }) => id));
    },
    reactors: (reading, { emoji, ...query }) => marked(reading, emoji, query),
    voters: (reading, { option, ...query }) => marked(reading, optionMark(option), query),
    versions(reading, { messageId }) {
      const message = messageOf(reading, messageId);
      if (!message) return noMessage;
      // What was deleted is kept for the audit, not for the members.
      const rows = message.deletedAt === undefined ? versions.all(messageId) : [];
      return answered<"versions">(rows.map(decode<MessageVersion>));
    },
  };
}
