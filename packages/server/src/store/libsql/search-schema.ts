import type { MessageRecord } from "@tidings/core/protocol";
import type { Connection } from "./database.ts";
import { columnsOf } from "./search-index.ts";
import { decode } from "./tables.ts";

/**
 * An index of words (FTS5), which keeps no text. Its words come cut and folded, so its tokenizer only splits at spaces.
 * It is walked by `rowid`, the key of the message, which is the order in which messages came.
 */
export function addSearch(connection: Connection): void {
  connection.exec(`
    ALTER TABLE messages ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
    UPDATE messages SET created_at = record ->> 'createdAt';
    CREATE VIRTUAL TABLE searchable USING fts5(
      words, marks, content='', contentless_delete=1, detail=column, tokenize='ascii', prefix='2 3'
    );
    CREATE TRIGGER searchable_gone AFTER DELETE ON messages
      BEGIN DELETE FROM searchable WHERE rowid = OLD.key; END;
    CREATE TRIGGER searchable_deleted AFTER UPDATE OF is_deleted ON messages WHEN NEW.is_deleted = 1
      BEGIN DELETE FROM searchable WHERE rowid = OLD.key; END;
  `);
  indexAll(connection);
}

/** Keys of messages whose words are yet to be indexed, or to be indexed again; see `SearchIndex`. */
export const unindexedSchema: string = "CREATE TABLE unindexed (key INTEGER PRIMARY KEY)";

/** Indexes all messages behind a key: of a database that is older than the index, or whose keys are others now. */
export function indexAll({ prepare }: Connection, after = 0): void {
  const page = prepare<{ key: number; conversation: number; record: string }>(
    "SELECT key, conversation, record FROM messages WHERE key > ? AND is_deleted = 0 ORDER BY key LIMIT 1000",
  );
  const add = prepare("INSERT INTO searchable (rowid, words, marks) VALUES (?, ?, ?)");
  let last = after;
  for (let rows = page.all(last); rows.length > 0; rows = page.all(last)) {
    for (const row of rows) {
      const columns = columnsOf(row.conversation, decode<MessageRecord>(row));
      if (columns) add.run(row.key, ...columns);
      last = row.key;
    }
  }
}
