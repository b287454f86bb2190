import type { Connection } from "../database.ts";
import { indexAll } from "../search-schema.ts";

/**
 * Numbers all messages by when they were sent, as a search finds the newest first by their keys, and an archive holds
 * them conversation by conversation. The index of words goes by those keys, so it is made anew.
 */
export function orderByTime(connection: Connection): void {
  connection.exec(`
    CREATE TEMP TABLE places (key INTEGER PRIMARY KEY, was INTEGER NOT NULL UNIQUE);
    INSERT INTO places (was) SELECT key FROM messages ORDER BY created_at, key;
    UPDATE messages SET key = -(SELECT p.key FROM places p WHERE p.was = messages.key);
    UPDATE messages SET key = -key;
    DROP TABLE places;
    INSERT INTO searchable (searchable) VALUES ('delete-all');
  `);
  indexAll(connection);
}
