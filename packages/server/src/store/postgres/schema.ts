import { type RawBuilder, sql } from "kysely";

/**
 * The first schema. Records are JSON beside the columns that queries search by; inside the database a conversation is
 * a number (`key`), so that no index repeats its name. Ids compare by their bytes: any order will do, but the same one
 * on every machine. `json` rather than `jsonb`: nobody searches in records, and it takes any text.
 *
 * Reading on behalf of a user happens in the role `tidings_reader`, which sees only rows of conversations that user is
 * in, whatever the statement says (row-level security: the second wall behind D8; the first is in the statements).
 */
export const firstSchema: RawBuilder<unknown> = sql.raw(`
  CREATE TABLE meta (name text PRIMARY KEY, value text NOT NULL);

  CREATE SEQUENCE conversation_keys;

  -- Its row is what a commit locks, and is written at each: room on the page keeps that cheap.
  CREATE TABLE conversations (
    key bigint PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    rev bigint NOT NULL,
    seq bigint NOT NULL,
    active_at bigint NOT NULL,
    members int NOT NULL,
    owners int NOT NULL,
    pins int NOT NULL,
    record json NOT NULL
  ) WITH (fillfactor = 50);

  CREATE TABLE participants (
    conversation bigint NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    rev bigint NOT NULL,
    is_in boolean NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (conversation, user_id)
  );
  CREATE UNIQUE INDEX participants_by_rev ON participants (conversation, rev);
  CREATE INDEX participants_by_user ON participants (user_id);

  CREATE TABLE memberships (
    user_id text COLLATE "C" NOT NULL,
    conversation bigint NOT NULL,
    PRIMARY KEY (user_id, conversation)
  );

  CREATE TABLE messages (
    conversation bigint NOT NULL,
    seq bigint NOT NULL,
    sent_rev bigint NOT NULL,
    rev bigint NOT NULL,
    created_at bigint NOT NULL,
    is_deleted boolean NOT NULL,
    id text COLLATE "C" NOT NULL UNIQUE,
    author_id text COLLATE "C" NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (conversation, seq)
  );
  -- Messages nobody has touched are in the same order by rev as by seq, so only the others need an index of their own.
  CREATE INDEX messages_changed ON messages (conversation, rev) WHERE rev > sent_rev;
  CREATE INDEX messages_by_author ON messages (author_id, conversation, seq);
  CREATE INDEX messages_deleted ON messages (conversation, seq, author_id) WHERE is_deleted;

  CREATE TABLE versions (
    conversation bigint NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    version int NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (message_id, version)
  );

  CREATE TABLE reactions (
    conversation bigint NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    emoji text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (message_id, emoji, user_id)
  );
  CREATE INDEX reactions_by_user ON reactions (user_id, message_id);

  CREATE TABLE receipts (
    conversation bigint NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    delivered_seq bigint NOT NULL,
    read_seq bigint NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (conversation, user_id)
  ) WITH (fillfactor = 70);

  CREATE TABLE answers (
    command_id text COLLATE "C" PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    answer json NOT NULL
  );
  CREATE INDEX answers_by_age ON answers (at);
  CREATE INDEX answers_by_user ON answers (user_id);

  -- The highest sequence given away up to a revision, by bisection: both ascend together, so no index is needed.
  CREATE FUNCTION tidings_seq_at(of_conversation bigint, at_rev bigint, low bigint, high bigint) RETURNS bigint
  LANGUAGE plpgsql STABLE AS $$
  DECLARE middle bigint; middle_rev bigint;
  BEGIN
    WHILE low < high LOOP
      middle := (low + high + 1) / 2;
      SELECT sent_rev INTO middle_rev FROM messages WHERE conversation = of_conversation AND seq = middle;
      IF coalesce(middle_rev, 0) <= at_rev THEN low := middle; ELSE high := middle - 1; END IF;
    END LOOP;
    RETURN low;
  END $$;

  DO $$
  DECLARE scope text;
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidings_reader') THEN
      BEGIN
        CREATE ROLE tidings_reader NOLOGIN;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- Another database of this server, just now.
      END;
    END IF;
    IF NOT pg_has_role(current_user, 'tidings_reader', 'member') THEN
      EXECUTE format('GRANT tidings_reader TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO tidings_reader', current_schema());
    FOREACH scope IN ARRAY ARRAY['participants', 'messages', 'versions', 'reactions', 'receipts'] LOOP
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scope);
      EXECUTE format(
        'CREATE POLICY of_members ON %1$I FOR SELECT TO tidings_reader USING (EXISTS (SELECT FROM memberships m
         WHERE m.user_id = current_setting(''tidings.reader'', true) AND m.conversation = %1$I.conversation))', scope);
      EXECUTE format('GRANT SELECT ON %I TO tidings_reader', scope);
    END LOOP;
    ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
    CREATE POLICY of_members ON conversations FOR SELECT TO tidings_reader USING (EXISTS (SELECT FROM memberships m
      WHERE m.user_id = current_setting('tidings.reader', true) AND m.conversation = conversations.key));
    ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
    CREATE POLICY of_reader ON memberships FOR SELECT TO tidings_reader
      USING (user_id = current_setting('tidings.reader', true));
    GRANT SELECT ON conversations, memberships TO tidings_reader;
  END $$;
`);
