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
import { addSearch, unindexedSchema } from "./search-schema.ts";
import { erasureSchema } from "./erasure-schema.ts";

/**
 * Each entry lifts the schema by one version; entries are only ever added. One that breaks older servers says
 * `needsAtLeast`. Records are JSON beside the columns that
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
  needsAtLeast(15),
  erasureSchema,
  unindexedSchema,
];

/** Servers that know this version can work on the schema, whatever comes after it; see `needsAtLeast` of PostgreSQL. */
function needsAtLeast(version: number): string {
  return `INSERT INTO meta VALUES ('oldest_schema', ${version}) ON CONFLICT DO UPDATE SET value = excluded.value`;
}

export interface Migrated {
  readonly epoch: string;
  /** What a newer server made of the schema, which this one does not know and can work with. */
  readonly newer: readonly string[];
}

/**
 * Brings a database to the newest schema; what a newer server has migrated is left as it is.
 *
 * @throws {Error} if a newer version of this server wrote it and this one cannot work on that.
 */
export function migrate(connection: Connection): Migrated {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const version =
      connection.prepare<{ user_version: number }>("PRAGMA user_version").get()?.user_version ?? 0;
    const newer = newerThanOurs(connection, version);
    for (const migration of migrations.slice(version)) {
      if (typeof migration === "string") connection.exec(migration);
      else migration(connection);
    }
    if (newer.length === 0) connection.exec(`PRAGMA user_version = ${migrations.length}`);
    connection.prepare("INSERT INTO meta VALUES ('epoch', ?) ON CONFLICT DO NOTHING").run(randomUUID());
    const epoch = valueOf(connection, "epoch") ?? "";
    connection.exec("COMMIT");
    return { epoch, newer };
  } catch (error) {
    connection.exec("ROLLBACK");
    throw error;
  }
}

function newerThanOurs(connection: Connection, version: number): readonly string[] {
  const ours = migrations.length;
  if (version <= ours) return [];
  const isOurs = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() !== undefined;
  const oldest = isOurs ? Number(valueOf(connection, "oldest_schema")) : Number.NaN;
  if (oldest <= ours) return Array.from({ length: version - ours }, (_, index) => String(ours + index + 1));
  throw new Error(
    `unable to open the database; its schema ${version} is newer than this server's, which cannot work on it: ` +
      "start the version that migrated it, or restore a backup from before",
  );
}

function valueOf(connection: Connection, name: string): string | undefined {
  return connection.prepare<{ value: string }>("SELECT value FROM meta WHERE name = ?").get(name)?.value;
}
