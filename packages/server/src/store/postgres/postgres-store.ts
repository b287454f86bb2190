import type { Change, Query, SearchQuery } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Pool } from "pg";
import { notFound } from "../../access.ts";
import type { Admit, Answer, Membership, Outcome, Store, Submission } from "../store.ts";
import type { Audit, AuditPage, AuditQuery } from "../audit.ts";
import { keptPages } from "../kept.ts";
import type { Upkeep } from "../upkeep.ts";
import type { Commitment } from "./at-once.ts";
import { Recollection } from "./recollection.ts";
import { Arrivals } from "./arrivals.ts";
import { expire, note, page } from "./audit.ts";
import { commit } from "./commit.ts";
import { forget, traces } from "./erase.ts";
import { keptParts } from "./kept.ts";
import { epochOf, migrate } from "./migrations.ts";
import { prune } from "./prune.ts";
import { answer } from "./queries/queries.ts";
import { open, readAs } from "./queries/reader.ts";
import { Search } from "./queries/search.ts";
import { openPool, type PoolSettings, read, transact } from "./session.ts";
import { build } from "./tables.ts";

export interface PostgresStoreOptions {
  /** `"postgres://user:password@host:5432/database"`. */
  readonly url: string;
  /** A copy that may lag behind: pages of history and lists are read there when it has what the database has. */
  readonly replicaUrl?: string;
  /** Connections for queries, beside one for commits and one for housekeeping. Default 8. */
  readonly connections?: number;
  /** After this long a statement is given up, and whoever asked may try again. Default 10 s. */
  readonly statementTimeoutMs?: number;
  /** After this long a search is given up. Default 2 s. */
  readonly searchTimeoutMs?: number;
  /** How long connecting may take. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Default true. False: the schema was brought up to date by `tidings-server migrate`. */
  readonly migrate?: boolean;
  /** Told when `apply` throws: a defect, never an expected outcome. */
  readonly onDefect?: (error: unknown) => void;
  /** Told of each commit whether it went by what the node remembers, without reading. */
  readonly onRemembered?: (wasRight: boolean) => void;
  /** Told when a connection that nobody was using broke. */
  readonly onFailure?: (error: unknown) => void;
}

/** One commit at a time comes from the engine; beside it one step of housekeeping at a time. */
const CONNECTIONS_EACH = 1;

/** How many rows housekeeping deletes in one statement, so that it never holds up commits for long. */
const FORGET_AT_ONCE = 1_000;

/**
 * The store of a server with many nodes. While the database is away every call rejects, and may be made again.
 *
 * @throws {Error} if the database cannot be reached, or a newer version wrote it.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { connections = 8 } = options;
  const upkeep = openPool({ ...poolSettings(options), connections: CONNECTIONS_EACH });
  try {
    if (options.migrate ?? true) await migrate(upkeep);
    const epoch = await epochOf(upkeep);
    const commits = openPool({
      ...poolSettings(options),
      ...{ connections: CONNECTIONS_EACH, isForCommits: true },
    });
    const queries = openPool({ ...poolSettings(options), connections });
    const url = options.replicaUrl;
    const replica =
      url === undefined ? undefined : openPool({ ...poolSettings({ ...options, url }), connections });
    return new PostgresStore(epoch, { commits, upkeep, queries, replica }, options);
  } catch (error) {
    await upkeep.end();
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

interface Pools {
  readonly commits: Pool;
  readonly upkeep: Pool;
  readonly queries: Pool;
  readonly replica: Pool | undefined;
}

/**
 * What a replica may answer. Catching up is not among it: to whoever knows more than a replica it would say that they
 * have to begin anew. Nor is what has no revision, as watermarks.
 */
const REPLICATED: ReadonlySet<Query["type"]> = new Set(["history", "participants", "reactors", "versions"]);

class PostgresStore implements Store {
  readonly epoch: string;
  readonly upkeep: Upkeep;
  readonly audit: Audit;
  readonly #pools: Pools;
  readonly #commitment: Commitment;
  readonly #queries: Pool;
  readonly #search: Search;
  readonly #arrivals: Arrivals;
  readonly #replica: Pool | undefined;
  readonly #onFailure: (error: unknown) => void;

  constructor(epoch: string, pools: Pools, options: PostgresStoreOptions) {
    const { onDefect = () => {}, onFailure = () => {}, onRemembered = () => {} } = options;
    const { commits, upkeep, queries, replica } = pools;
    this.epoch = epoch;
    const audited = (query: AuditQuery): Promise<AuditPage> => page(queries, query);
    this.upkeep = {
      prune: (retention, after) => prune(upkeep, retention, after),
      traces: (userId) => traces(queries, userId),
      forget: (userId, at) => forget(upkeep, userId, at),
      kept: keptPages(keptParts(queries), audited),
    };
    this.audit = {
      note: (entry) => note(upkeep, entry),
      page: audited,
      forget: (before) => expire(upkeep, before),
    };
    this.#pools = pools;
    const recollection = new Recollection();
    this.#commitment = { pool: commits, epoch, recollection, onDefect, onRemembered };
    this.#queries = queries;
    this.#search = new Search(queries, options.searchTimeoutMs ?? 2_000);
    this.#arrivals = new Arrivals(queries);
    this.#replica = replica;
    this.#onFailure = onFailure;
  }

  commit<Item extends Submission>(items: readonly Item[], admit: Admit<Item>): Promise<readonly Outcome[]> {
    return commit(items, admit, this.#commitment);
  }

  heard(changes: readonly Change[]): void {
    this.#commitment.recollection.hear(changes);
  }

  async query(readerId: string, query: Query): Promise<Answer> {
    if (query.type === "search") return this.#search.answer(readerId, query);
    const replicated = this.#replica && (await this.#fromReplica(this.#replica, readerId, query));
    if (replicated) return replicated;
    return readAs(this.#queries, readerId, (session) => answer(session, this.epoch, readerId, query));
  }

  /**
   * The database says who may read and how far the conversation is; the replica gives the page, if it is as far.
   *
   * @returns undefined if the database has to answer itself.
   */
  async #fromReplica(
    replica: Pool,
    readerId: string,
    query: Exclude<Query, SearchQuery>,
  ): Promise<Answer | undefined> {
    if (!REPLICATED.has(query.type) || !("conversationId" in query)) return undefined;
    const { conversationId } = query;
    const now = await readAs(this.#queries, readerId, (session) => open(session, readerId, conversationId));
    if (!now) return notFound;
    try {
      return await readAs(replica, readerId, async (session) => {
        const copy = await open(session, readerId, conversationId);
        if (!copy || copy.conversation.head.rev < now.conversation.head.rev) return undefined;
        return answer(session, this.epoch, readerId, query);
      });
    } catch (error) {
      this.#onFailure(error);
      return undefined;
    }
  }

  memberships(userId: string): Promise<readonly Membership[]> {
    return this.#arrivals.read(userId);
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
    return transact(this.#pools.upkeep, "BEGIN", async (session) => {
      const forgotten = await session.all(sql`
        DELETE FROM answers WHERE command_id IN (
          SELECT command_id FROM answers WHERE at < ${before} ORDER BY at LIMIT ${FORGET_AT_ONCE} FOR UPDATE SKIP LOCKED
        ) RETURNING command_id`);
      return forgotten.length;
    });
  }

  async close(): Promise<void> {
    const { commits, upkeep, queries, replica } = this.#pools;
    await Promise.all([commits.end(), upkeep.end(), queries.end(), replica?.end()]);
  }
}
