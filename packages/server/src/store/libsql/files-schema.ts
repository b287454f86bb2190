/** Files, and which messages show them. Whatever is shown no more is looked at by housekeeping. */
export const filesSchema: string = `
  CREATE TABLE files (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    preview_of TEXT,
    size INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- When it is to be asked whether anybody needs it; not at all while a message shows it.
    due_at INTEGER,
    record TEXT NOT NULL
  );
  CREATE INDEX files_by_owner ON files (owner_id, created_at, preview_of, size, state);
  CREATE INDEX files_by_previewed ON files (preview_of) WHERE preview_of IS NOT NULL;
  CREATE INDEX files_due ON files (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX files_scanning ON files (created_at) WHERE state = 'scanning';
  CREATE TABLE shown_files (
    file_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (file_id, message_id)
  ) WITHOUT ROWID;
  CREATE INDEX shown_files_by_message ON shown_files (message_id);
  CREATE TRIGGER files_shown_no_more AFTER DELETE ON shown_files
    BEGIN UPDATE files SET due_at = 0 WHERE id = OLD.file_id; END;
`;
