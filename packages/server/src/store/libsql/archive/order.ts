import type { Connection } from "../database.ts";
import { indexAll } from "../search-schema.ts";

/** The last key there is, 0 if there is none. */
export function lastKey({ prepare }: Connection): number {
  const row = prepare<{ last: number }>("SELECT coalesce(max(key), 0) AS last FROM messages").get();
  return row?.last ?? 0;
}

/**
 * Numbers messages by when they were sent, as a search finds the newest first by their keys, and an archive holds them
 * conversation by conversation. What is older than all that has come stays as it is. The index of words goes by those
 * keys, so it is made anew for the others.
 *
 * @param last - the last key before they came.
 */
export function orderByTime(connection: Connection, last: number): void {
  const { prepare, exec } = connection;
  const oldest = prepare<{ at: number | null }>(
    "SELECT min(created_at) AS at FROM messages WHERE key > ?",
  ).get(last);
  const at = oldest?.at ?? undefined;
  if (at === undefined) return;
  const stays = prepare<{ last: number }>(
    "SELECT coalesce(max(key), 0) AS last FROM messages WHERE key <= ? AND created_at <= ?",
  ).get(last, at);
  const from = stays?.last ?? 0;
  exec("CREATE TEMP TABLE places (place INTEGER PRIMARY KEY, was INTEGER NOT NULL UNIQUE)");
  prepare(
    `INSERT INTO places (was) SELECT key FROM messages WHERE key > ?1 OR created_at > ?2 ORDER BY created_at, key`,
  ).run(last, at);
  const stray = prepare<object>(
    "SELECT 1 FROM (SELECT was, lag(was, 1, ?) OVER (ORDER BY place) AS before FROM places) WHERE was < before LIMIT 1",
  );
  if (stray.get(from) !== undefined) renumber(connection, from);
  exec("DROP TABLE places");
}

/** Those that have places come behind `from`, in their order. */
function renumber(connection: Connection, from: number): void {
  const { prepare, exec } = connection;
  if (from === 0) exec("INSERT INTO searchable (searchable) VALUES ('delete-all')");
  else exec("DELETE FROM searchable WHERE rowid IN (SELECT was FROM places)");
  prepare(
    `UPDATE messages SET key = -(SELECT ? + p.place FROM places p WHERE p.was = messages.key)
     WHERE key IN (SELECT was FROM places)`,
  ).run(from);
  exec("UPDATE messages SET key = -key WHERE key < 0");
  indexAll(connection, from);
}
