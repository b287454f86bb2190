import type { Rows } from "../rows.ts";
import { emptied, MESSAGES_AT_ONCE } from "../upkeep.ts";
import type { Connection } from "./database.ts";

/** See `Upkeep`. To be called inside a transaction. */
export function createEraseConversation(
  { prepare }: Connection,
  tables: Rows,
): (conversationId: string) => number {
  const some = prepare<{ id: string }>(
    `DELETE FROM messages WHERE key IN (SELECT key FROM messages WHERE conversation = ? LIMIT ${MESSAGES_AT_ONCE}) RETURNING id`,
  );
  const ofMessage = ["versions", "reactions", "shown_files"].map((table) =>
    prepare(`DELETE FROM ${table} WHERE message_id = ?`),
  );
  const ofConversation = ["receipts", "participants"].map((table) =>
    prepare(`DELETE FROM ${table} WHERE conversation = ?`),
  );
  const cases = prepare("DELETE FROM cases WHERE conversation_id = ?");
  return (conversationId) => {
    const conversation = tables.conversation(conversationId);
    if (!conversation) return 0;
    const { key, head, record } = conversation;
    const gone = some.all(key);
    for (const { id } of gone) for (const removal of ofMessage) removal.run(id);
    for (const removal of ofConversation) removal.run(key);
    cases.run(conversationId);
    // Another revision, so that nobody goes by what they remember of it.
    const rev = head.rev + 1;
    tables.putConversation({
      ...conversation,
      head: { ...head, rev },
      record: { ...emptied(record), rev },
      counts: { members: 0, owners: 0, pins: 0 },
    });
    return gone.length;
  };
}
