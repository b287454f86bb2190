import { type RawBuilder, sql } from "kysely";

const summary = (which: string): string => `
  SELECT i, c.key, c.id, c.rev, c.seq, c.active_at, c.members, c.owners, c.pins, c.record,
    p.record, r.delivered_seq, r.read_seq, r.at,
    (SELECT m.record FROM messages m WHERE m.conversation = c.key AND m.seq = c.seq),
    (SELECT m.seq FROM messages m WHERE m.conversation = c.key ORDER BY m.seq LIMIT 1),
    (SELECT count(*) FROM messages m
     WHERE m.conversation = c.key AND m.author_id = reader[i] AND m.seq > coalesce(r.read_seq, 0)),
    (SELECT count(*) FROM messages m
     WHERE m.conversation = c.key AND m.is_deleted AND m.author_id <> reader[i] AND m.seq > coalesce(r.read_seq, 0))
  FROM (
    SELECT c.* FROM memberships o JOIN conversations c ON c.key = o.conversation
    WHERE o.user_id = reader[i] AND ${which} ORDER BY c.active_at DESC, c.id DESC LIMIT most[i]
  ) c
  JOIN participants p ON p.conversation = c.key AND p.user_id = reader[i]
  LEFT JOIN receipts r ON r.conversation = c.key AND r.user_id = reader[i]
  ORDER BY c.active_at DESC, c.id DESC`;

/**
 * What many ask when they come back at one moment, read for all of them in one statement: each with their own eyes (D8),
 * all as of one moment, as these functions are stable. `n` says whose a row is, from 1.
 *
 * `unnumbered` counts what changed records without a revision, as retention and erasure do: what a node remembers by
 * revision is void when that has moved.
 */
export const togetherSchema: RawBuilder<unknown> = sql.raw(`
  INSERT INTO meta VALUES ('unnumbered', '0');
  GRANT SELECT ON meta TO tidings_reader;

  CREATE FUNCTION tidings_memberships(reader text[])
  RETURNS TABLE (n int, id text, rev bigint, seq bigint, record json) LANGUAGE plpgsql STABLE AS $$
  #variable_conflict use_column
  BEGIN
    FOR i IN 1 .. cardinality(reader) LOOP
      PERFORM set_config('tidings.reader', reader[i], true);
      RETURN QUERY SELECT i, c.id, c.rev, c.seq, c.record FROM memberships m JOIN conversations c ON c.key = m.conversation
        WHERE m.user_id = reader[i] ORDER BY c.active_at DESC, c.id DESC;
    END LOOP;
  END $$;

  CREATE FUNCTION tidings_open(reader text[], of_id text[])
  RETURNS TABLE (
    n int, key bigint, id text, rev bigint, seq bigint, active_at bigint, members int, owners int, pins int, record json,
    self json, edition text
  ) LANGUAGE plpgsql STABLE AS $$
  #variable_conflict use_column
  DECLARE edition_now text;
  BEGIN
    SELECT string_agg(value, ' ' ORDER BY name) INTO edition_now FROM meta WHERE name IN ('epoch', 'unnumbered');
    FOR i IN 1 .. cardinality(reader) LOOP
      PERFORM set_config('tidings.reader', reader[i], true);
      RETURN QUERY SELECT i, c.key, c.id, c.rev, c.seq, c.active_at, c.members, c.owners, c.pins, c.record,
          p.record, edition_now
        FROM conversations c JOIN participants p ON p.conversation = c.key
        WHERE c.id = of_id[i] AND p.user_id = reader[i];
    END LOOP;
  END $$;

  CREATE FUNCTION tidings_summaries(
    reader text[], notebook text[], of_id text[], before_at bigint[], before_id text[], most int[]
  ) RETURNS TABLE (
    n int, key bigint, id text, rev bigint, seq bigint, active_at bigint, members int, owners int, pins int, record json,
    self json, delivered_seq bigint, read_seq bigint, at bigint, last json, floor bigint, own bigint, deleted bigint
  ) LANGUAGE plpgsql STABLE AS $$
  #variable_conflict use_column
  BEGIN
    FOR i IN 1 .. cardinality(reader) LOOP
      PERFORM set_config('tidings.reader', reader[i], true);
      IF of_id[i] IS NULL
      THEN RETURN QUERY ${summary("c.id <> notebook[i] AND (c.active_at, c.id) < (before_at[i], before_id[i])")};
      ELSE RETURN QUERY ${summary("c.id = of_id[i]")};
      END IF;
    END LOOP;
  END $$;

  CREATE FUNCTION tidings_receipts(
    reader text[], of_conversation bigint[], after_user text[], most int[], is_own boolean[]
  ) RETURNS TABLE (n int, user_id text, delivered_seq bigint, read_seq bigint, at bigint) LANGUAGE plpgsql STABLE AS $$
  #variable_conflict use_column
  BEGIN
    FOR i IN 1 .. cardinality(reader) LOOP
      PERFORM set_config('tidings.reader', reader[i], true);
      RETURN QUERY SELECT i, r.user_id, r.delivered_seq, r.read_seq, r.at
        FROM receipts r JOIN participants p ON p.conversation = r.conversation AND p.user_id = r.user_id
        WHERE r.conversation = of_conversation[i] AND p.is_in AND r.user_id > after_user[i]
          AND (NOT is_own[i] OR r.user_id = reader[i])
        ORDER BY r.user_id LIMIT most[i];
    END LOOP;
  END $$;
`);

/** To be said in the transaction that changes records and gives them no revision. */
export const unnumbered: RawBuilder<unknown> = sql`
  UPDATE meta SET value = (value::bigint + 1)::text WHERE name = 'unnumbered'`;
