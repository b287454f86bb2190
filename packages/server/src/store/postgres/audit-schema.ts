import { type RawBuilder, sql } from "kysely";

/** The audit log. Whatever a statement says, an entry says what it said; only who it was may be made nobody. */
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

/** Housekeeping says first since when entries are kept: only what is older than that can be deleted. */
export const auditRetention: RawBuilder<unknown> = sql.raw(`
  CREATE FUNCTION tidings_audit_is_past() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF OLD.at >= coalesce(nullif(current_setting('tidings.audit_kept_since', true), ''), '0')::bigint THEN
      RAISE EXCEPTION 'the audit log is only added to';
    END IF;
    RETURN OLD;
  END $$;
  DROP TRIGGER is_kept ON audit;
  CREATE TRIGGER is_whole BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION tidings_audit_is_kept();
  CREATE TRIGGER is_kept BEFORE DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION tidings_audit_is_past();
`);
