import { type Kysely, type RawBuilder, sql } from "kysely";
import { olderMessages } from "./older-messages.ts";

/**
 * What a message belongs to, beside it: its thread, and since when it is pinned. `tidings_commit` need not know: what
 * answers, or begins, a thread is never committed at once, as the message it belongs to has to be read.
 */
const relationsSchema: RawBuilder<unknown> = sql.raw(`
  ALTER TABLE messages ADD COLUMN thread_id text COLLATE "C";
  ALTER TABLE messages ADD COLUMN pinned_at bigint;
  CREATE INDEX messages_by_thread ON messages (conversation, thread_id, seq) INCLUDE (author_id, is_deleted)
    WHERE thread_id IS NOT NULL;
  CREATE INDEX messages_pinned ON messages (conversation, pinned_at) WHERE pinned_at IS NOT NULL;

  -- The first message sent at a time or later, or else the newest, by bisection: sequences ascend with time.
  CREATE FUNCTION tidings_seq_since(of_conversation bigint, at_ms bigint, low bigint, high bigint) RETURNS bigint
  LANGUAGE plpgsql STABLE AS $$
  DECLARE middle bigint; middle_at bigint;
  BEGIN
    WHILE low < high LOOP
      middle := (low + high) / 2;
      SELECT created_at INTO middle_at FROM messages WHERE conversation = of_conversation AND seq = middle;
      IF coalesce(middle_at, 0) >= at_ms THEN high := middle; ELSE low := middle + 1; END IF;
    END LOOP;
    RETURN low;
  END $$;
`);

/** The schema, and what the messages of an older database say of themselves. */
export async function addRelations(database: Kysely<unknown>): Promise<void> {
  await relationsSchema.execute(database);
  const concerned = sql`record::text LIKE '%"threadId":"%' OR record::text LIKE '%"pinnedAt":%'`;
  for await (const rows of olderMessages(database, concerned))
    await sql`UPDATE messages m SET thread_id = new.thread_id, pinned_at = new.pinned_at FROM unnest(
      ${rows.map((row) => row.conversation)}::bigint[], ${rows.map((row) => row.seq)}::bigint[],
      ${rows.map(({ record }) => record.threadId ?? null)}::text[],
      ${rows.map(({ record }) => record.pinnedAt ?? null)}::bigint[]
    ) AS new (conversation, seq, thread_id, pinned_at)
    WHERE m.conversation = new.conversation AND m.seq = new.seq`.execute(database);
}
