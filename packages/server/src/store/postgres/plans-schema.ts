import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "./tables.ts";

/**
 * When the backend has something to do about a note, and a job for it in the queue of graphile-worker, made, moved and
 * removed in the very transaction of the note. The queue's own schema is made before (`prepareQueue`).
 */
export async function addPlans(database: Kysely<Tables>): Promise<void> {
  await sql
    .raw(
      `
  ALTER TABLE notes ADD COLUMN due_at bigint;
  CREATE INDEX notes_due ON notes (due_at) WHERE due_at IS NOT NULL;

  CREATE OR REPLACE FUNCTION tidings_plan() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    note notes := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    job text := 'tidings/' || note.conversation || '/' || note.id;
  BEGIN
    IF TG_OP = 'DELETE' OR note.due_at IS NULL THEN
      PERFORM graphile_worker.remove_job(job);
    ELSE
      PERFORM graphile_worker.add_job('tidings_due',
        json_build_object('conversation', note.conversation, 'id', note.id, 'dueAt', note.due_at),
        run_at := to_timestamp(note.due_at / 1000.0), job_key := job);
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER planned AFTER INSERT ON notes FOR EACH ROW WHEN (NEW.due_at IS NOT NULL)
    EXECUTE FUNCTION tidings_plan();
  CREATE TRIGGER planned_anew AFTER UPDATE OF due_at ON notes FOR EACH ROW
    WHEN (NEW.due_at IS DISTINCT FROM OLD.due_at) EXECUTE FUNCTION tidings_plan();
  CREATE TRIGGER planned_no_more AFTER DELETE ON notes FOR EACH ROW WHEN (OLD.due_at IS NOT NULL)
    EXECUTE FUNCTION tidings_plan();
`,
    )
    .execute(database);
}

/**
 * The queue asks each second which jobs are due, by an index of its own that begins with their priority; all of ours have
 * the same. Without this it looks at every job of the future to find none.
 */
export const jobsByTime: RawBuilder<unknown> = sql.raw(`
  CREATE INDEX IF NOT EXISTS tidings_jobs_by_time ON graphile_worker._private_jobs (run_at) WHERE is_available;
`);
