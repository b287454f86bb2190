import { type Kysely, type RawBuilder, sql } from "kysely";
import { olderMessages } from "./older-messages.ts";

/**
 * Whose words stand in a message that was forwarded, also once it is deleted; and since when tokens of erased people are
 * not accepted any more, of whom there is no more than a hash here. `tidings_commit` need not know of either: to forward
 * is to have another message read, so it is never committed at once.
 */
const erasureSchema: RawBuilder<unknown> = sql.raw(`
  ALTER TABLE messages ADD COLUMN origin_id text COLLATE "C";
  CREATE INDEX messages_by_origin ON messages (origin_id) WHERE origin_id IS NOT NULL;
  CREATE TABLE erasures (who text COLLATE "C" PRIMARY KEY, at bigint NOT NULL);
  CREATE INDEX erasures_by_age ON erasures (at);
`);

/** The schema, and whose words the messages of an older database tell on. */
export async function addErasure(database: Kysely<unknown>): Promise<void> {
  await erasureSchema.execute(database);
  for await (const rows of olderMessages(database, sql`record::text LIKE '%"origin":{%'`))
    await sql`UPDATE messages m SET origin_id = new.origin_id FROM unnest(
      ${rows.map((row) => row.conversation)}::bigint[], ${rows.map((row) => row.seq)}::bigint[],
      ${rows.map(({ record }) => record.origin?.authorId ?? null)}::text[]
    ) AS new (conversation, seq, origin_id)
    WHERE m.conversation = new.conversation AND m.seq = new.seq`.execute(database);
}
