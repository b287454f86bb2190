import { type MessageRecord, NOTEBOOKS } from "@tidings/core/protocol";
import { erased, type Trace, traceOfMark, TRACES_AT_ONCE } from "../upkeep.ts";
import type { Connection } from "./database.ts";
import { decode } from "./tables.ts";

interface Row {
  readonly type: Exclude<Trace["type"], "poll.vote">;
  readonly conversationId: string;
  readonly messageId: string;
  readonly emoji: string;
}

/** See `Upkeep`. Looks through whole tables: an embedded database is small, and a person is erased once. */
export function createErase({ prepare }: Connection): {
  traces(userId: string): readonly Trace[];
  /** To be called inside a transaction. */
  forget(userId: string, at: number): void;
} {
  const find = prepare<Row>(
    `SELECT * FROM (
       SELECT 'message.unreact' AS type, c.id AS conversationId, r.message_id AS messageId, r.emoji
       FROM reactions r JOIN messages m ON m.id = r.message_id JOIN conversations c ON c.key = m.conversation
       WHERE r.user_id = ?1 LIMIT ${TRACES_AT_ONCE}
     ) UNION ALL SELECT * FROM (
       SELECT 'message.delete', c.id, m.id, '' FROM messages m JOIN conversations c ON c.key = m.conversation
       WHERE m.author_id = ?1 AND m.is_deleted = 0 LIMIT ${TRACES_AT_ONCE}
     ) UNION ALL SELECT * FROM (
       SELECT 'message.delete', c.id, m.id, '' FROM messages m JOIN conversations c ON c.key = m.conversation
       WHERE m.origin_id = ?1 AND m.author_id <> ?1 AND m.is_deleted = 0 LIMIT ${TRACES_AT_ONCE}
     ) UNION ALL SELECT * FROM (
       SELECT 'participant.leave', c.id, '', '' FROM participants p JOIN conversations c ON c.key = p.conversation
       WHERE p.user_id = ?1 AND p.is_in = 1 LIMIT ${TRACES_AT_ONCE}
     )`,
  );
  const loud = prepare<{ record: string }>(
    "SELECT record FROM messages WHERE (author_id = ?1 OR origin_id = ?1) AND is_deleted = 0",
  );
  const silence = prepare("UPDATE messages SET is_deleted = 1, record = ? WHERE id = ?");
  // A notebook is nobody else's, so nothing of it is left.
  const notebook = `(SELECT key FROM conversations WHERE id = '${NOTEBOOKS}' || ?)`;
  // What others have told on of their words is theirs, too.
  const theirs = "SELECT id FROM messages WHERE (author_id = ?1 OR origin_id = ?1)";
  const removals = [
    `DELETE FROM shown_files WHERE conversation = ${notebook}`,
    `DELETE FROM notes WHERE conversation = ${notebook}`,
    `DELETE FROM participants WHERE conversation = ${notebook}`,
    `DELETE FROM conversations WHERE id = '${NOTEBOOKS}' || ?`,
    `DELETE FROM versions WHERE message_id IN (${theirs})`,
    "DELETE FROM reactions WHERE user_id = ?",
    "DELETE FROM receipts WHERE user_id = ?",
    "DELETE FROM answers WHERE user_id = ?",
    `DELETE FROM shown_files WHERE message_id IN (${theirs} AND is_deleted = 1)`,
    "UPDATE messages SET origin_id = NULL WHERE origin_id = ?",
    "UPDATE files SET state = 'gone', due_at = 0 WHERE owner_id = ?",
    "DELETE FROM push_targets WHERE user_id = ?",
  ].map((statement) => prepare(statement));
  return {
    traces: (userId) => find.all(userId).map(traceOf),
    forget(userId, at) {
      for (const message of loud.all(userId).map(decode<MessageRecord>)) {
        silence.run(JSON.stringify(erased(message, at)), message.id);
      }
      for (const removal of removals) removal.run(userId);
    },
  };
}

function traceOf({ type, conversationId, messageId, emoji }: Row): Trace {
  switch (type) {
    case "message.unreact":
      return traceOfMark({ conversationId, messageId, emoji });
    case "message.delete":
      return { type, conversationId, messageId };
    case "participant.leave":
      return { type, conversationId };
  }
}
