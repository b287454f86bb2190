/** What a decision is about, and which version of a message was pointed at. */
export const caseRevisions: string = `
  ALTER TABLE cases ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE cases ADD COLUMN decided_revision INTEGER;
  ALTER TABLE case_flags ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
`;

/** What moderators are to look at, and why; a case is there once for what it is about. */
export const casesSchema: string = `
  CREATE TABLE cases (
    id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))),
    conversation_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    status TEXT NOT NULL,
    is_open INTEGER GENERATED ALWAYS AS (status IN ('open', 'appealed')) VIRTUAL,
    opened_at INTEGER NOT NULL,
    urgency INTEGER NOT NULL DEFAULT 0,
    reports INTEGER NOT NULL DEFAULT 0,
    decision TEXT,
    decided_at INTEGER,
    decided_by TEXT,
    appeal TEXT,
    UNIQUE (conversation_id, message_id, user_id)
  );
  CREATE INDEX cases_newest ON cases (is_open, opened_at, id);
  CREATE INDEX cases_urgent ON cases (is_open, urgency, id);
  CREATE INDEX cases_newest_of ON cases (conversation_id, is_open, opened_at, id);
  CREATE INDEX cases_urgent_of ON cases (conversation_id, is_open, urgency, id);
  CREATE INDEX cases_about ON cases (user_id);
  CREATE INDEX cases_decided ON cases (decided_at) WHERE decided_at IS NOT NULL;

  CREATE TABLE case_flags (
    case_id TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    text TEXT NOT NULL,
    score REAL,
    at INTEGER NOT NULL,
    PRIMARY KEY (case_id, reporter_id, rule)
  ) WITHOUT ROWID;
  CREATE INDEX case_flags_newest ON case_flags (case_id, at);
  CREATE INDEX case_flags_by ON case_flags (reporter_id);
  CREATE TRIGGER case_gone AFTER DELETE ON cases
    BEGIN DELETE FROM case_flags WHERE case_id = OLD.id; END;
`;
