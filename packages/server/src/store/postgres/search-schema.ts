import { type Kysely, type RawBuilder, sql } from "kysely";
import { olderMessages } from "./older-messages.ts";
import { vectorOf } from "./search-index.ts";

/**
 * An index of words (`tsvector`, GIN), beside the messages and in the same transactions. What is deleted leaves it by
 * triggers, whoever deletes it. Its words come cut and folded, as every index of this project has them.
 *
 * The function has the permissions in it, and rights of its own: row-level security would keep the index from being used,
 * as `@@` might tell of rows one may not see. Readers have no right to the table. What it finds are places, whose
 * messages are then read through the policies like any others.
 */
const searchSchema: RawBuilder<unknown> = sql.raw(`
  CREATE TABLE searchable (
    conversation bigint NOT NULL,
    seq bigint NOT NULL,
    created_at bigint NOT NULL,
    version int NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (conversation, seq)
  );
  CREATE INDEX searchable_by_age ON searchable (created_at, conversation, seq);
  CREATE INDEX searchable_words ON searchable USING gin (words) WITH (gin_pending_list_limit = 512);
  ALTER TABLE searchable ALTER COLUMN words SET STATISTICS 1000;

  CREATE FUNCTION tidings_unsearchable() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM searchable WHERE conversation = OLD.conversation AND seq = OLD.seq;
    RETURN NULL;
  END $$;
  CREATE TRIGGER searchable_gone AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION tidings_unsearchable();
  CREATE TRIGGER searchable_deleted AFTER UPDATE OF is_deleted ON messages FOR EACH ROW WHEN (NEW.is_deleted)
    EXECUTE FUNCTION tidings_unsearchable();

  CREATE FUNCTION tidings_search(
    wanted tsquery, of_conversation bigint, since bigint, until bigint,
    last_at bigint, last_conversation bigint, last_seq bigint, most int
  ) RETURNS TABLE (conversation bigint, seq bigint, created_at bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
  SET jit = off AS $$
  DECLARE places bigint[];
  BEGIN
    places := ARRAY(SELECT m.conversation FROM memberships m WHERE m.user_id = current_setting('tidings.reader', true)
      AND (of_conversation IS NULL OR m.conversation = of_conversation));
    RETURN QUERY SELECT s.conversation, s.seq, s.created_at FROM searchable s
      WHERE s.words @@ wanted AND s.conversation = ANY (places) AND s.created_at >= since AND s.created_at < until
        AND (s.created_at, s.conversation, s.seq) < (last_at, last_conversation, last_seq)
      ORDER BY s.created_at DESC, s.conversation DESC, s.seq DESC LIMIT most;
  END $$;
  REVOKE ALL ON FUNCTION tidings_search FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION tidings_search TO tidings_reader;

  -- As before, and the words of each message beside it; the one before stays for nodes of the version before.
  CREATE FUNCTION tidings_commit(
    of_epoch text, command_ids text[],
    was_id text[], was_rev bigint[],
    was_conversation bigint[], was_user text[], was_delivered bigint[], was_read bigint[],
    c_key bigint[], c_rev bigint[], c_seq bigint[], c_active_at bigint[],
    m_conversation bigint[], m_seq bigint[], m_sent_rev bigint[], m_rev bigint[], m_created_at bigint[],
    m_is_deleted boolean[], m_id text[], m_author_id text[], m_record json[],
    r_conversation bigint[], r_user text[], r_delivered bigint[], r_read bigint[], r_at bigint[],
    m_words tsvector[]
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    IF NOT tidings_commit(of_epoch, command_ids, was_id, was_rev, was_conversation, was_user, was_delivered, was_read,
      c_key, c_rev, c_seq, c_active_at, m_conversation, m_seq, m_sent_rev, m_rev, m_created_at, m_is_deleted, m_id,
      m_author_id, m_record, r_conversation, r_user, r_delivered, r_read, r_at)
    THEN RETURN false; END IF;
    INSERT INTO searchable (conversation, seq, created_at, version, words)
    SELECT m.conversation, m.seq, m.created_at, 0, m.words
    FROM unnest(m_conversation, m_seq, m_created_at, m_words) AS m (conversation, seq, created_at, words)
    WHERE m.words IS NOT NULL;
    RETURN true;
  END $$;
`);

/** The schema, and in it the messages of a database that is older. */
export async function addSearch(database: Kysely<unknown>): Promise<void> {
  await searchSchema.execute(database);
  for await (const rows of olderMessages(database, sql`NOT is_deleted`))
    await sql`INSERT INTO searchable SELECT conversation, seq, created_at, version, words FROM unnest(
      ${rows.map((row) => row.conversation)}::bigint[], ${rows.map((row) => row.seq)}::bigint[],
      ${rows.map((row) => row.created_at)}::bigint[], ${rows.map(({ record }) => record.version)}::int[],
      ${rows.map(({ record }) => vectorOf(record))}::tsvector[]
    ) AS new (conversation, seq, created_at, version, words) WHERE words IS NOT NULL`.execute(database);
}
