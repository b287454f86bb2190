import { type RawBuilder, sql } from "kysely";

/** The audit log. Whatever a statement says, an entry stays, and says what it said; only who it was may be made nobody. */
export const auditSchema: RawBuilder<unknown> = sql.raw(`
  CREATE TABLE audit (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at bigint NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    action text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    detail text NOT NULL
  );
  CREATE INDEX audit_by_actor ON audit (actor_id, key);
  CREATE INDEX audit_by_subject ON audit (subject, key);
  CREATE INDEX audit_by_conversation ON audit (conversation_id, key);

  CREATE FUNCTION tidings_audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'the audit log is only added to';
  END $$;
  CREATE TRIGGER is_kept BEFORE DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION tidings_audit_is_kept();
  CREATE TRIGGER is_said BEFORE UPDATE OF key, at, action, conversation_id, detail ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION tidings_audit_is_kept();
`);
