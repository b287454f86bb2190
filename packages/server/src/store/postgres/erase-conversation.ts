import { sql } from "kysely";
import type { Pool } from "pg";
import { emptied, MESSAGES_AT_ONCE } from "../upkeep.ts";
import { transact } from "./session.ts";
import { array } from "./statement.ts";
import { build } from "./tables.ts";
import { unnumbered } from "./together-schema.ts";

/** See `Upkeep`. */
export function forgetConversation(pool: Pool, conversationId: string): Promise<number> {
  return transact(pool, "BEGIN", async (session) => {
    const conversation = await session.first(
      build.selectFrom("conversations").selectAll().where("id", "=", conversationId).forUpdate(),
    );
    if (!conversation) return 0;
    const { key, record } = conversation;
    const gone = await session.all(sql<{ readonly id: string }>`
      DELETE FROM messages WHERE conversation = ${key} AND seq IN
        (SELECT seq FROM messages WHERE conversation = ${key} ORDER BY seq LIMIT ${MESSAGES_AT_ONCE})
      RETURNING id`);
    const ids = array(
      "text",
      gone.map(({ id }) => id),
    );
    // Another revision, so that nobody goes by what they remember of it.
    const rev = conversation.rev + 1;
    await Promise.all([
      session.all(unnumbered),
      session.all(sql`DELETE FROM versions WHERE message_id = ANY(${ids})`),
      session.all(sql`DELETE FROM reactions WHERE message_id = ANY(${ids})`),
      session.all(sql`DELETE FROM shown_files WHERE message_id = ANY(${ids})`),
      session.all(sql`DELETE FROM cases WHERE conversation_id = ${conversationId}`),
      session.all(sql`DELETE FROM receipts WHERE conversation = ${key}`),
      session.all(sql`DELETE FROM memberships m USING participants p
        WHERE p.conversation = ${key} AND m.user_id = p.user_id AND m.conversation = p.conversation`),
      session.all(sql`DELETE FROM participants WHERE conversation = ${key}`),
      session.all(sql`
        UPDATE conversations SET rev = ${rev}, members = 0, owners = 0, pins = 0, has_retention = false,
          record = ${JSON.stringify({ ...emptied(record), rev })} WHERE key = ${key}`),
    ]);
    return gone.length;
  });
}
