import { Client, type ClientConfig, Pool, type PoolClient, type QueryConfig, types } from "pg";
import type { Prepared, Statement } from "./statement.ts";
import { build } from "./tables.ts";

/** One connection, within a transaction. Statements that are not waited for share a round trip, in the order given. */
export interface Session {
  all<Row>(statement: Statement<Row> | Prepared<Row>): Promise<readonly Row[]>;
  first<Row>(statement: Statement<Row> | Prepared<Row>): Promise<Row | undefined>;
}

export interface PoolSettings {
  readonly url: string;
  readonly connections: number;
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Absent: whatever else there is. */
  readonly purpose?: "commits" | "readers" | "jobs";
  readonly onFailure: (error: unknown) => void;
}

const INT8 = 20;
/** What connections of the queue of jobs are called by the database. */
export const JOBS_NAME = "tidings jobs";
/**
 * Statements that look rows up by their keys are planned once and for all, before there is anything in the tables: what
 * suits a small table must not be what they go on with in a large one. Each of their statements sees what others have
 * committed by then.
 */
const BY_KEY = [
  "plan_cache_mode=force_generic_plan",
  "enable_seqscan=off",
  "enable_hashjoin=off",
  "enable_mergejoin=off",
  "jit=off",
];
const PURPOSES: Readonly<Record<"commits" | "readers" | "jobs", readonly string[]>> = {
  commits: [...BY_KEY, "default_transaction_isolation=read\\ committed"],
  readers: BY_KEY,
  jobs: [],
};
/**
 * How long a transaction waits for others to end: when everybody asks at once, that is no sign that the database is away.
 * Half of what clients wait for an answer.
 */
const TURN_TIMEOUT_MS = 15_000;

/** So much later than a database that gives up would have said so, it is taken to hang. */
const LATE_MS = 5_000;

export function openPool({ url, connections, purpose, onFailure, ...settings }: PoolSettings): Pool {
  // The pool knows one time only, for both.
  class QuickClient extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionTimeoutMillis: settings.connectTimeoutMs });
    }
  }
  const pool = new Pool({
    Client: QuickClient,
    connectionString: url,
    application_name: purpose === "jobs" ? JOBS_NAME : "tidings",
    ...(purpose && { options: PURPOSES[purpose].map((setting) => `-c ${setting}`).join(" ") }),
    max: connections,
    connectionTimeoutMillis: TURN_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    statement_timeout: settings.statementTimeoutMs,
    // The server gives up first and says so; this is for a server, or a network, that says nothing.
    query_timeout: settings.statementTimeoutMs + Math.min(settings.statementTimeoutMs, LATE_MS),
    // A node that was cut off inside a transaction must not keep its conversations locked.
    idle_in_transaction_session_timeout: 2 * settings.statementTimeoutMs,
    keepAlive: true,
    pipeline: true,
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format)) },
  });
  // Of connections nobody uses. One in use tells its statement too, but would end the process if nobody listened.
  pool.on("error", onFailure);
  pool.on("connect", (client) => client.on("error", onFailure));
  return pool;
}

/** One transaction on a connection of the pool: committed if `work` resolves, undone if it throws. */
export async function transact<Result>(
  pool: Pool,
  begin: string,
  work: (session: Session, commit: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  const failures: unknown[] = [];
  let ended: Promise<void> | undefined;
  const commit = (): Promise<void> => (ended ??= committed(client));
  try {
    // Sent with whatever comes next; were it refused, that would be too.
    const begun = client.query(begin);
    begun.catch(() => {});
    const result = await work(sessionOf(client, failures), commit);
    await begun;
    await commit();
    client.release();
    return result;
  } catch (error) {
    await undo(client, ended !== undefined);
    // Those behind the first one failed only because the transaction had.
    throw failures[0] ?? error;
  }
}

/** Answers from one moment, as somebody or as the server itself; nothing can be written. */
export function read<Result>(
  pool: Pool,
  begin: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return transact(pool, begin, (session) => work(session));
}

/** All that is read is of one moment, until `end`, which ends the pool as well. */
export async function openReading(
  pool: Pool,
): Promise<{ readonly session: Session; readonly end: () => Promise<void> }> {
  const client = await pool.connect();
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return {
    session: sessionOf(client, []),
    async end() {
      await undo(client, false);
      await pool.end();
    },
  };
}

function sessionOf(client: PoolClient, failures: unknown[]): Session {
  const all = async <Row>(statement: Statement<Row> | Prepared<Row>): Promise<readonly Row[]> => {
    try {
      return await run(client, statement);
    } catch (error) {
      failures.push(error);
      throw error;
    }
  };
  return { all, first: async (statement) => (await all(statement))[0] };
}

/** One statement by itself: what it did is durable when it is answered. */
export async function run<Row>(
  on: Pool | PoolClient,
  statement: Statement<Row> | Prepared<Row>,
): Promise<readonly Row[]> {
  const { rows } = await on.query<Row & object>(queryOf(statement));
  return rows;
}

function queryOf<Row>(statement: Statement<Row> | Prepared<Row>): QueryConfig {
  if ("text" in statement) {
    const { name, text, values } = statement;
    return { name, text, values: [...values] };
  }
  const { sql: text, parameters } = statement.compile(build);
  return { text, values: [...parameters] };
}

async function committed(client: PoolClient): Promise<void> {
  const { command } = await client.query("COMMIT");
  // What it answers when a statement before it failed.
  if (command !== "COMMIT") throw new Error("unable to commit; the transaction was undone");
}

/** A connection whose state is not known is not used again. */
async function undo(client: PoolClient, isEnding: boolean): Promise<void> {
  try {
    if (!isEnding) await client.query("ROLLBACK");
    client.release(isEnding);
  } catch {
    client.release(true);
  }
}
