import { type RawBuilder, sql } from "kysely";

/**
 * A commit in one statement, for a node that remembers what it decided by. The conversations are locked, as always in
 * the order of their ids; then, if nothing of it has changed and none of the commands was answered before, what the
 * node has decided is written. Otherwise nothing is, and it answers false.
 */
export const atOnceSchema: RawBuilder<unknown> = sql.raw(`
  CREATE FUNCTION tidings_commit(
    of_epoch text, command_ids text[],
    was_id text[], was_rev bigint[],
    was_conversation bigint[], was_user text[], was_delivered bigint[], was_read bigint[],
    c_key bigint[], c_rev bigint[], c_seq bigint[], c_active_at bigint[],
    m_conversation bigint[], m_seq bigint[], m_sent_rev bigint[], m_rev bigint[], m_created_at bigint[],
    m_is_deleted boolean[], m_id text[], m_author_id text[], m_record json[],
    r_conversation bigint[], r_user text[], r_delivered bigint[], r_read bigint[], r_at bigint[]
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE unchanged int;
  BEGIN
    SELECT count(*) INTO unchanged FROM (
      SELECT id, rev FROM conversations WHERE id = ANY (was_id) ORDER BY id FOR UPDATE
    ) locked JOIN unnest(was_id, was_rev) AS was (id, rev) ON was.id = locked.id AND was.rev = locked.rev;
    -- What others did before we had the locks is seen by what follows.
    IF unchanged < cardinality(was_id)
      OR EXISTS (SELECT FROM answers WHERE command_id = ANY (command_ids))
      OR EXISTS (SELECT FROM messages WHERE id = ANY (command_ids))
      OR NOT EXISTS (SELECT FROM meta WHERE name = 'epoch' AND value = of_epoch)
    THEN RETURN false; END IF;

    IF cardinality(was_user) > 0 THEN
      PERFORM FROM unnest(was_conversation, was_user, was_delivered, was_read) AS was (conversation, user_id, delivered, read)
      LEFT JOIN receipts r ON r.conversation = was.conversation AND r.user_id = was.user_id
      WHERE coalesce(r.delivered_seq, 0) <> was.delivered OR coalesce(r.read_seq, 0) <> was.read;
      IF FOUND THEN RETURN false; END IF;
      INSERT INTO receipts (conversation, user_id, delivered_seq, read_seq, at)
      SELECT * FROM unnest(r_conversation, r_user, r_delivered, r_read, r_at)
      ON CONFLICT (conversation, user_id) DO UPDATE SET delivered_seq = excluded.delivered_seq,
        read_seq = excluded.read_seq, at = excluded.at;
    END IF;

    IF cardinality(c_key) > 0 THEN
      UPDATE conversations c SET rev = new.rev, seq = new.seq, active_at = new.active_at
      FROM unnest(c_key, c_rev, c_seq, c_active_at) AS new (key, rev, seq, active_at) WHERE c.key = new.key;
      INSERT INTO messages (conversation, seq, sent_rev, rev, created_at, is_deleted, id, author_id, record)
      SELECT * FROM unnest(m_conversation, m_seq, m_sent_rev, m_rev, m_created_at, m_is_deleted, m_id, m_author_id, m_record);
    END IF;
    RETURN true;
  END $$;
`);
