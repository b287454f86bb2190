import {
  type MessageRecord,
  type MessagesQuery,
  THREAD_NAMES,
  type ThreadQuery,
} from "@tidings/core/protocol";
import type { Answer } from "../../store.ts";
import { answered, type Reading } from "../../reading.ts";
import type { Rows } from "../../rows.ts";
import type { Connection } from "../database.ts";
import { decode } from "../tables.ts";
import { ownReactions } from "./own-reactions.ts";

export interface Relations {
  messages(reading: Reading, query: MessagesQuery): Answer;
  thread(reading: Reading, query: ThreadQuery): Answer;
  pins(reading: Reading): Answer;
}

interface Recorded {
  readonly record: string;
}

/** Answers about messages by what they belong to. */
export function createRelations({ prepare }: Connection, tables: Rows, epoch: string): Relations {
  const replies = prepare<Recorded>(
    "SELECT record FROM messages WHERE conversation = ? AND thread_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
  );
  const count = prepare<{ replies: number }>(
    "SELECT count(*) AS replies FROM messages WHERE conversation = ? AND thread_id = ? AND is_deleted = 0",
  );
  const above = prepare<{ unread: number }>(
    `SELECT count(*) AS unread FROM messages WHERE conversation = ? AND thread_id = ? AND seq > ? AND author_id <> ?
     AND is_deleted = 0`,
  );
  // Who wrote first comes first.
  const names = prepare<{ author_id: string }>(
    `SELECT author_id FROM messages WHERE conversation = ? AND thread_id = ? GROUP BY author_id ORDER BY min(seq)
     LIMIT ${THREAD_NAMES}`,
  );
  const pinned = prepare<Recorded>(
    `SELECT record FROM messages WHERE conversation = ? AND pinned_at IS NOT NULL ORDER BY pinned_at DESC, seq DESC
     LIMIT 1000`,
  );

  const messageIn = ({ conversation }: Reading, messageId: string): MessageRecord | undefined => {
    const message = tables.message(messageId);
    return message?.conversationId === conversation.head.conversationId ? message : undefined;
  };

  return {
    messages: (reading, { messageIds }) =>
      answered<"messages">([...new Set(messageIds)].flatMap((id) => messageIn(reading, id) ?? [])),
    thread(reading, { threadId, before = Number.MAX_SAFE_INTEGER, readSeq, limit }) {
      const { key, head } = reading.conversation;
      const unreadAbove = (seq: number): number =>
        above.get(key, threadId, seq, reading.readerId)?.unread ?? 0;
      const rows = replies.all(key, threadId, before, limit + 1).map(decode<MessageRecord>);
      const messages = rows.slice(0, limit).reverse();
      const root = messageIn(reading, threadId);
      const shown = [...(root ? [root] : []), ...messages];
      return answered<"thread">({
        ...{ epoch, messages, hasOlder: rows.length > limit, head },
        ...(root && { root }),
        replies: count.get(key, threadId)?.replies ?? 0,
        userIds: names.all(key, threadId).map((row) => row.author_id),
        ...(readSeq !== undefined && { unread: { readSeq, count: unreadAbove(readSeq) } }),
        own: ownReactions(tables, reading.readerId, shown),
      });
    },
    pins: ({ conversation }) => answered<"pins">(pinned.all(conversation.key).map(decode<MessageRecord>)),
  };
}
