import { type RawBuilder, sql } from "kysely";

/** What people keep for themselves, in their notebooks. */
export const notesSchema: RawBuilder<unknown> = sql.raw(`
  CREATE TABLE notes (
    conversation bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    rev bigint NOT NULL,
    is_kept boolean NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (conversation, id)
  );
  CREATE UNIQUE INDEX notes_by_rev ON notes (conversation, rev);
  ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
  CREATE POLICY of_members ON notes FOR SELECT TO tidings_reader USING (EXISTS (SELECT FROM memberships m
    WHERE m.user_id = current_setting('tidings.reader', true) AND m.conversation = notes.conversation));
  GRANT SELECT ON notes TO tidings_reader;
`);
