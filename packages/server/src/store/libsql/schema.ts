import { randomUUID } from "node:crypto";
import type { Connection } from "./database.ts";
import { caseRevisions, casesSchema } from "./cases-schema.ts";
import { plansSchema } from "./plans-schema.ts";
import { filesSchema } from "./files-schema.ts";
import { pushSchema } from "./push-schema.ts";
import { previewsSchema } from "./previews.ts";
import { blocksSchema } from "./blocks.ts";
import { relationsSchema } from "./relations-schema.ts";
import { retentionSchema } from "./retention-schema.ts";
import { addSearch } from "./search-schema.ts";

/**
 * Each entry lifts the schema by one version; entries are only ever added. Records are JSON beside the columns that
 * queries search by. Inside the database a conversation is an integer (`key`), so that no index repeats its name.
 */
const migrations: readonly (string | ((connection: Connection) => void))[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE conversations (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    rev INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    active_at INTEGER NOT NULL,
    members INTEGER NOT NULL,
    owners INTEGER NOT NULL,
    pins INTEGER NOT NULL,
    record TEXT NOT NULL
  );

  CREATE TABLE participants (
    conversation INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    rev INTEGER NOT NULL,
    is_in INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (conversation, user_id)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX participants_by_rev ON participants (conversation, rev);
  CREATE INDEX participants_by_user ON participants (user_id) WHERE is_in = 1;

  CREATE TABLE messages (
    key INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sent_rev INTEGER NOT NULL,
    rev INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    author_id TEXT NOT NULL,
    is_deleted INTEGER NOT NULL,
    record TEXT NOT NULL
  );
  CREATE UNIQUE INDEX messages_by_seq ON messages (conversation, seq);
  -- Messages nobody has touched are in the same order by rev as by seq, so only the others need an index of their own.
  CREATE INDEX messages_changed ON messages (conversation, rev) WHERE rev > sent_rev;
  CREATE INDEX messages_by_author ON messages (conversation, author_id, seq);
  CREATE INDEX messages_deleted ON messages (conversation, seq, author_id) WHERE is_deleted = 1;

  CREATE TABLE versions (
    message_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (message_id, version)
  );

  CREATE TABLE reactions (
    message_id TEXT NOT NULL,
    emoji TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (message_id, emoji, user_id)
  ) WITHOUT ROWID;

  CREATE TABLE receipts (
    conversation INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    delivered_seq INTEGER NOT NULL,
    read_seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (conversation, user_id)
  ) WITHOUT ROWID;

  CREATE TABLE answers (
    key INTEGER PRIMARY KEY,
    command_id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    answer TEXT NOT NULL
  );
  `,
  `
  CREATE TABLE audit (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor_id TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    detail TEXT NOT NULL
  );
  CREATE INDEX audit_by_actor ON audit (actor_id, key);
  CREATE INDEX audit_by_subject ON audit (subject, key);
  CREATE INDEX audit_by_conversation ON audit (conversation_id, key);
  CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
  CREATE TRIGGER audit_is_said BEFORE UPDATE OF key, at, action, conversation_id, detail ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
  `,
  // Housekeeping says first since when entries are kept: only what is older than that can be deleted.
  `
  INSERT INTO meta VALUES ('audit_kept_since', 0);
  DROP TRIGGER audit_is_kept;
  CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    WHEN OLD.at >= CAST((SELECT value FROM meta WHERE name = 'audit_kept_since') AS INTEGER)
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
  `,
  addSearch,
  // What people keep for themselves, in their notebooks.
  `
  CREATE TABLE notes (
    conversation INTEGER NOT NULL,
    id TEXT NOT NULL,
    rev INTEGER NOT NULL,
    is_kept INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (conversation, id)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX notes_by_rev ON notes (conversation, rev);
  `,
  relationsSchema,
  plansSchema,
  filesSchema,
  pushSchema,
  retentionSchema,
  blocksSchema,
  casesSchema,
  previewsSchema,
  caseRevisions,
];

/**
 * Brings a database to the newest schema.
 *
 * @returns the epoch.
 * @throws {Error} if a newer version of this server wrote it.
 */
export function migrate(connection: Connection): string {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const version =
      connection.prepare<{ user_version: number }>("PRAGMA user_version").get()?.user_version ?? 0;
    if (version > migrations.length) {
      throw new Error(`unable to open the database; its schema ${version} is newer than this server's`);
    }
    for (const migration of migrations.slice(version)) {
      if (typeof migration === "string") connection.exec(migration);
      else migration(connection);
    }
    connection.exec(`PRAGMA user_version = ${migrations.length}`);
    connection.prepare("INSERT INTO meta VALUES ('epoch', ?) ON CONFLICT DO NOTHING").run(randomUUID());
    const epoch = connection.prepare<{ value: string }>("SELECT value FROM meta WHERE name = 'epoch'").get();
    connection.exec("COMMIT");
    return epoch?.value ?? "";
  } catch (error) {
    connection.exec("ROLLBACK");
    throw error;
  }
}
