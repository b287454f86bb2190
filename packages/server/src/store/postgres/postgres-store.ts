import type { Change, RecordQuery } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Pool } from "pg";
import type { Admit, Answer, Blocks, Membership, Outcome, Store, Submission } from "../store.ts";
import type { Archive } from "../archive.ts";
import type { Audit, AuditPage, AuditQuery } from "../audit.ts";
import { keptPages } from "../kept.ts";
import type { Cases } from "../cases.ts";
import type { Erasures } from "../erasures.ts";
import type { FiguresOf } from "../figures.ts";
import type { Plans } from "../plans.ts";
import type { FileTable } from "../files.ts";
import type { PreviewTable } from "../previews.ts";
import type { PushTargets } from "../push.ts";
import type { Upkeep } from "../upkeep.ts";
import type { Commitment } from "./at-once.ts";
import { BlockTables } from "./blocks.ts";
import { cases } from "./cases.ts";
import { Recollection } from "./recollection.ts";
import { createArchive, refuseWhileImporting } from "./archive/archive.ts";
import { expire, note, page } from "./audit.ts";
import { commit } from "./commit.ts";
import { FOR_COMMITS, FOR_QUERIES, FOR_UPKEEP, FOR_WORK } from "./connections.ts";
import { fileTable } from "./files.ts";
import { forget, traces } from "./erase.ts";
import { erasureTable } from "./erasures.ts";
import { forgetConversation } from "./erase-conversation.ts";
import { figures } from "./figures.ts";
import { keptParts } from "./kept.ts";
import { epochOf, migrate, type Migrated, newerMigrations } from "./migrations.ts";
import { PendingWords } from "./pending-words.ts";
import { previewTable } from "./previews.ts";
import { pushTargets } from "./push.ts";
import { prune } from "./prune.ts";
import { queuedPlans } from "./queue.ts";
import { Desk, type RecentQuery } from "./queries/desk.ts";
import { openPool, type PoolSettings, read, transact } from "./session.ts";
import { build } from "./tables.ts";

export interface PostgresStoreOptions {
  /** `"postgres://user:password@host:5432/database"`. */
  readonly url: string;
  /**
   * A copy that may lag behind. Pages of history, participants, reactors and versions are read there, and the index for
   * searches, when it is as far as the database is; and figures.
   */
  readonly replicaUrl?: string;
  /** Connections for queries, beside two for commits, two for housekeeping and three for jobs. Default 7. */
  readonly connections?: number;
  /** After this long a statement is given up, and whoever asked may try again. Default 10 s. */
  readonly statementTimeoutMs?: number;
  /** After this long a search is given up. Default 2 s. */
  readonly searchTimeoutMs?: number;
  /** How long connecting may take. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** So long commits wait for a database that is away, as while it restarts; then they are refused. Default 10 s. */
  readonly rideOutMs?: number;
  /** Default true. False: the schema was brought up to date by `tidings-server migrate`. */
  readonly migrate?: boolean;
  /** Told, once, which migrations of a newer server the database has that this one does not know and can work with. */
  readonly onNewerSchema?: (migrations: readonly string[]) => void;
  /** Told when `apply` throws: a defect, never an expected outcome. */
  readonly onDefect?: (error: unknown) => void;
  /** Told of each commit, and each question about recent records, whether what the node remembers was enough. */
  readonly onRecalled?: (what: Recalled, isHit: boolean) => void;
  /** Told when a connection that nobody was using broke. */
  readonly onFailure?: (error: unknown) => void;
}

/** What a node may do by what it remembers. */
export type Recalled = "commit" | RecentQuery["type"];

/** How many rows housekeeping deletes in one statement, so that it never holds up commits for long. */
const FORGET_AT_ONCE = 1_000;

/**
 * The store of a server with many nodes. While the database is away every call rejects, and may be made again.
 *
 * @throws {Error} if the database cannot be reached, or a newer version wrote it on whose schema this one cannot work.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { connections = FOR_QUERIES } = options;
  const upkeep = openPool({ ...poolSettings(options), connections: FOR_UPKEEP });
  try {
    const newer = (options.migrate ?? true) ? (await migrate(upkeep)).newer : await newerMigrations(upkeep);
    if (newer.length > 0) options.onNewerSchema?.(newer);
    await refuseWhileImporting(upkeep);
    const epoch = await epochOf(upkeep);
    const commits = openPool({ ...poolSettings(options), connections: FOR_COMMITS, purpose: "commits" });
    const readers = openPool({ ...poolSettings(options), connections, purpose: "readers" });
    const work = openPool({ ...poolSettings(options), connections: FOR_WORK, purpose: "jobs" });
    const url = options.replicaUrl;
    const replica =
      url === undefined
        ? undefined
        : openPool({ ...poolSettings({ ...options, url }), connections, purpose: "readers" });
    return new PostgresStore(epoch, { commits, upkeep, readers, work, replica }, options);
  } catch (error) {
    await upkeep.end();
    throw error;
  }
}

/** Brings the schema of a database up to date, unless a newer version has. */
export async function migratePostgres(url: string): Promise<Migrated> {
  const pool = openPool({ ...patient({ url }), connections: 2 });
  try {
    return await migrate(pool);
  } finally {
    await pool.end();
  }
}

/** For what takes as long as it takes. */
function patient(options: PostgresStoreOptions): Omit<PoolSettings, "connections"> {
  return poolSettings({ ...options, statementTimeoutMs: 3_600_000 });
}

function poolSettings(options: PostgresStoreOptions): Omit<PoolSettings, "connections"> {
  const { url, statementTimeoutMs = 10_000, connectTimeoutMs = 5_000, onFailure = () => {} } = options;
  return { url, statementTimeoutMs, connectTimeoutMs, onFailure };
}

interface Pools {
  readonly commits: Pool;
  readonly upkeep: Pool;
  readonly readers: Pool;
  /** Of the queue of jobs. */
  readonly work: Pool;
  readonly replica: Pool | undefined;
}

class PostgresStore implements Store {
  readonly epoch: string;
  readonly commitsAtOnce = FOR_COMMITS;
  readonly upkeep: Upkeep;
  readonly erasures: Erasures;
  readonly audit: Audit;
  readonly plans: Plans;
  readonly figures: FiguresOf;
  readonly files: FileTable;
  readonly push: PushTargets;
  readonly cases: Cases;
  readonly archive: Archive;
  readonly previews: PreviewTable;
  readonly #pools: Pools;
  readonly #commitment: Commitment;
  readonly #desk: Desk;
  readonly #blocks: BlockTables;
  readonly #pendingWords: PendingWords;

  constructor(epoch: string, pools: Pools, options: PostgresStoreOptions) {
    const { onDefect = () => {}, onFailure = () => {}, onRecalled = () => {} } = options;
    const { commits, upkeep, readers, work, replica } = pools;
    this.epoch = epoch;
    this.erasures = erasureTable(readers, upkeep);
    this.push = pushTargets(upkeep);
    this.cases = cases(upkeep);
    this.archive = createArchive(() => openPool({ ...patient(options), connections: 1 }));
    this.previews = previewTable(upkeep);
    const audited = (query: AuditQuery): Promise<AuditPage> => page(upkeep, query);
    this.upkeep = {
      prune: (retention, after) => prune(upkeep, retention, after),
      traces: (userId) => traces(upkeep, userId),
      forget: (userId, at) => forget(upkeep, userId, at),
      forgetConversation: (conversationId) => forgetConversation(upkeep, conversationId),
      kept: keptPages(keptParts(upkeep), audited, this.push),
    };
    this.audit = {
      note: (entry) => note(upkeep, entry),
      page: audited,
      forget: (before) => expire(upkeep, before),
    };
    this.figures = async (query) => {
      if (!replica) return figures(upkeep, query);
      return figures(replica, query).catch((error: unknown) => {
        onFailure(error);
        return figures(upkeep, query);
      });
    };
    this.plans = queuedPlans({ pool: work, onFailure });
    this.files = fileTable(readers, upkeep);
    this.#pools = pools;
    const recollection = new Recollection();
    const onRemembered = (wasRight: boolean): void => onRecalled("commit", wasRight);
    const { rideOutMs = 10_000, searchTimeoutMs = 2_000 } = options;
    this.#commitment = { pool: commits, epoch, recollection, rideOutMs, onDefect, onRemembered };
    this.#blocks = new BlockTables(readers);
    this.#pendingWords = new PendingWords(upkeep, onFailure);
    this.#desk = new Desk({ epoch, pool: readers, replica, searchTimeoutMs, onRecalled, onFailure });
  }

  async commit<Item extends Submission>(
    items: readonly Item[],
    admit: Admit<Item>,
  ): Promise<readonly Outcome[]> {
    const outcomes = await commit(items, admit, this.#commitment);
    this.#pendingWords.add(items.length);
    return outcomes;
  }

  heard(changes: readonly Change[]): void {
    this.#commitment.recollection.hear(changes);
    this.#desk.hear(changes);
  }

  query(readerId: string, query: RecordQuery): Promise<Answer> {
    return this.#desk.query(readerId, query);
  }

  memberships(userId: string): Promise<readonly Membership[]> {
    return this.#desk.memberships(userId);
  }

  blocks(userId: string): Promise<Blocks> {
    return this.#blocks.of(userId);
  }

  peopleOf(conversationId: string): Promise<readonly string[] | undefined> {
    return this.#blocks.peopleOf(conversationId);
  }

  wasIn(conversationId: string, userId: string): Promise<boolean> {
    return read(this.#pools.upkeep, "BEGIN READ ONLY", async (session) => {
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
    const { commits, upkeep, readers, work, replica } = this.#pools;
    await Promise.all([commits.end(), upkeep.end(), readers.end(), work.end(), replica?.end()]);
  }
}
