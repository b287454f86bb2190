import { type RawBuilder, sql } from "kysely";

/** Files, and which messages show them. Whatever is shown no more is looked at by housekeeping. */
export const filesSchema: RawBuilder<unknown> = sql.raw(`
  CREATE TABLE files (
    id text COLLATE "C" PRIMARY KEY,
    owner_id text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    preview_of text COLLATE "C",
    size bigint NOT NULL,
    state text NOT NULL,
    created_at bigint NOT NULL,
    -- When it is to be asked whether anybody needs it; not at all while a message shows it.
    due_at bigint,
    record json NOT NULL
  );
  CREATE INDEX files_by_owner ON files (owner_id, created_at);
  CREATE INDEX files_by_previewed ON files (preview_of) WHERE preview_of IS NOT NULL;
  CREATE INDEX files_due ON files (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX files_scanning ON files (created_at) WHERE state = 'scanning';

  CREATE TABLE shown_files (
    file_id text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    conversation bigint NOT NULL,
    PRIMARY KEY (file_id, message_id)
  );
  CREATE INDEX shown_files_by_message ON shown_files (message_id);

  CREATE FUNCTION tidings_shown_no_more() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE files SET due_at = 0 WHERE id = OLD.file_id;
    RETURN NULL;
  END $$;
  CREATE TRIGGER files_shown_no_more AFTER DELETE ON shown_files
    FOR EACH ROW EXECUTE FUNCTION tidings_shown_no_more();
`);
