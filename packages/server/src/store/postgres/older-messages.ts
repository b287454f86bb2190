import type { MessageRecord } from "@tidings/core/protocol";
import { type Kysely, type RawBuilder, sql } from "kysely";

interface OlderMessage {
  readonly conversation: number;
  readonly seq: number;
  readonly created_at: number;
  readonly record: MessageRecord;
}

const AT_ONCE = 2_000;

/**
 * The messages of a database that is older than what a migration makes of them, in pages, by their places. Records are
 * read here and not there, as PostgreSQL does not take every text of theirs apart.
 *
 * @param concerned - which of them.
 */
export async function* olderMessages(
  database: Kysely<unknown>,
  concerned: RawBuilder<unknown>,
): AsyncGenerator<readonly OlderMessage[]> {
  let [conversation, seq] = [0, 0];
  for (;;) {
    const { rows } = await sql<OlderMessage>`SELECT conversation, seq, created_at, record FROM messages
      WHERE (conversation, seq) > (${conversation}::bigint, ${seq}::bigint) AND (${concerned})
      ORDER BY conversation, seq LIMIT ${AT_ONCE}`.execute(database);
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    [conversation, seq] = [last.conversation, last.seq];
  }
}
