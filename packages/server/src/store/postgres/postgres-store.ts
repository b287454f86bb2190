import type { Query } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Pool } from "pg";
import type { Admit, Answer, Membership, Outcome, Store, Submission } from "../store.ts";
import { commit } from "./commit.ts";
import { epochOf, migrate } from "./migrations.ts";
import { answer } from "./queries/queries.ts";
import { readAs } from "./queries/reader.ts";
import { memberships } from "./queries/summaries.ts";
import { openPool, type PoolSettings, read, transact } from "./session.ts";
import { build } from "./tables.ts";

export interface PostgresStoreOptions {
  /** `"postgres://user:password@host:5432/database"`. */
  readonly url: string;
  /** Connections for queries, beside the two for commits. Default 8. */
  readonly connections?: number;
  /** After this long a statement is given up, and whoever asked may try again. Default 10 s. */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a connection. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Default true. False: the schema was brought up to date by `tidings-server migrate`. */
  readonly migrate?: boolean;
  /** Told when `apply` throws: a defect, never an expected outcome. */
  readonly onDefect?: (error: unknown) => void;
  /** Told when a connection that nobody was using broke. */
  readonly onFailure?: (error: unknown) => void;
}

/** One commit at a time comes from the engine; the second is for housekeeping and other nodes' tools. */
const COMMIT_CONNECTIONS = 2;

/** How many rows housekeeping deletes in one statement, so that it never holds up commits for long. */
const FORGET_AT_ONCE = 1_000;

/**
 * The store of a server with many nodes. While the database is away every call rejects, and may be made again.
 *
 * @throws {Error} if the database cannot be reached, or a newer version wrote it.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { connections = 8, onDefect = () => {} } = options;
  const commits = openPool({ ...poolSettings(options), connections: COMMIT_CONNECTIONS });
  try {
    if (options.migrate ?? true) await migrate(commits);
    const epoch = await epochOf(commits);
    return new PostgresStore(epoch, commits, openPool({ ...poolSettings(options), connections }), onDefect);
  } catch (error) {
    await commits.end();
    throw error;
  }
}

/** Brings the schema of a database up to date; the migrations made now. */
export async function migratePostgres(url: string): Promise<readonly string[]> {
  const pool = openPool({ ...poolSettings({ url, statementTimeoutMs: 3_600_000 }), connections: 2 });
  try {
    return await migrate(pool);
  } finally {
    await pool.end();
  }
}

function poolSettings(options: PostgresStoreOptions): Omit<PoolSettings, "connections"> {
  const { url, statementTimeoutMs = 10_000, connectTimeoutMs = 5_000, onFailure = () => {} } = options;
  return { url, statementTimeoutMs, connectTimeoutMs, onFailure };
}

class PostgresStore implements Store {
  readonly epoch: string;
  readonly #commits: Pool;
  readonly #queries: Pool;
  readonly #onDefect: (error: unknown) => void;

  constructor(epoch: string, commits: Pool, queries: Pool, onDefect: (error: unknown) => void) {
    this.epoch = epoch;
    this.#commits = commits;
    this.#queries = queries;
    this.#onDefect = onDefect;
  }

  commit<Item extends Submission>(items: readonly Item[], admit: Admit<Item>): Promise<readonly Outcome[]> {
    return commit(this.#commits, items, admit, this.#onDefect);
  }

  query(readerId: string, query: Query): Promise<Answer> {
    return readAs(this.#queries, readerId, (session) => answer(session, this.epoch, readerId, query));
  }

  memberships(userId: string): Promise<readonly Membership[]> {
    return readAs(this.#queries, userId, (session) => memberships(session, userId));
  }

  wasIn(conversationId: string, userId: string): Promise<boolean> {
    return read(this.#queries, "BEGIN READ ONLY", async (session) => {
      const found = await session.first(
        build
          .selectFrom("participants as p")
          .innerJoin("conversations as c", "c.key", "p.conversation")
          .select("c.key")
          .where("c.id", "=", conversationId)
          .where("p.user_id", "=", userId),
      );
      return found !== undefined;
    });
  }

  forgetAnswers(before: number): Promise<number> {
    return transact(this.#commits, "BEGIN", async (session) => {
      const forgotten = await session.all(sql`
        DELETE FROM answers WHERE command_id IN (
          SELECT command_id FROM answers WHERE at < ${before} ORDER BY at LIMIT ${FORGET_AT_ONCE} FOR UPDATE SKIP LOCKED
        ) RETURNING command_id`);
      return forgotten.length;
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#commits.end(), this.#queries.end()]);
  }
}
