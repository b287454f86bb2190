import { type RawBuilder, sql } from "kysely";

/**
 * What moderators are to look at, and why; a case is there once for what it is about. Nobody reads them on behalf of a
 * person: `tidings_reader` may not.
 */
export const casesSchema: RawBuilder<unknown> = sql.raw(`
  CREATE TABLE cases (
    id text COLLATE "C" PRIMARY KEY DEFAULT replace(gen_random_uuid()::text, '-', ''),
    conversation_id text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    status text NOT NULL,
    is_open boolean NOT NULL GENERATED ALWAYS AS (status IN ('open', 'appealed')) STORED,
    opened_at bigint NOT NULL,
    urgency bigint NOT NULL DEFAULT 0,
    reports bigint NOT NULL DEFAULT 0,
    decision text,
    decided_at bigint,
    decided_by text COLLATE "C",
    appeal text,
    UNIQUE (conversation_id, message_id, user_id)
  );
  CREATE INDEX cases_newest ON cases (is_open, opened_at, id);
  CREATE INDEX cases_urgent ON cases (is_open, urgency, id);
  CREATE INDEX cases_newest_of ON cases (conversation_id, is_open, opened_at, id);
  CREATE INDEX cases_urgent_of ON cases (conversation_id, is_open, urgency, id);
  CREATE INDEX cases_about ON cases (user_id);
  CREATE INDEX cases_decided ON cases (decided_at) WHERE NOT is_open;
  CREATE INDEX cases_decided_by ON cases (decided_by) WHERE decided_by IS NOT NULL;

  CREATE TABLE case_flags (
    case_id text COLLATE "C" NOT NULL REFERENCES cases ON DELETE CASCADE,
    reporter_id text COLLATE "C" NOT NULL,
    rule text NOT NULL,
    text text NOT NULL,
    score double precision,
    at bigint NOT NULL,
    PRIMARY KEY (case_id, reporter_id, rule)
  );
  CREATE INDEX case_flags_newest ON case_flags (case_id, at);
  CREATE INDEX case_flags_by ON case_flags (reporter_id);
`);

/** What a decision is about, and which version of a message was pointed at. */
export const caseRevisions: RawBuilder<unknown> = sql.raw(`
  ALTER TABLE cases ADD COLUMN revision bigint NOT NULL DEFAULT 1, ADD COLUMN decided_revision bigint;
  ALTER TABLE case_flags ADD COLUMN version int NOT NULL DEFAULT 0;
`);
