import { randomUUID } from "node:crypto";
import { MessagingError } from "@tidings/core/errors";
import { sql } from "kysely";
import type { Pool } from "pg";
import {
  type Archive,
  type ArchiveReading,
  type ArchiveScope,
  releasable,
  type RowLine,
} from "../../archive.ts";
import { archivePages } from "../../archive-reading.ts";
import { ArchiveWriting, markOf } from "../../archive-writing.ts";
import type { AuditEntry } from "../../audit.ts";
import { insertion } from "../audit.ts";
import { JOBS_NAME, openReading, run, type Session, transact } from "../session.ts";
import { unnumbered } from "../together-schema.ts";
import { archiveTables } from "./tables.ts";
import { archiveTarget } from "./target.ts";

/**
 * Each goes on for as long as it takes, in one transaction: over a pool of its own, which gives up nothing that is slow.
 *
 * @param openPool - of one connection.
 */
export function createArchive(openPool: () => Pool): Archive {
  return {
    read: (scope) => reading(openPool(), scope),
    async write(digest, batches, entry) {
      const pool = openPool();
      // What we say of an error says more than what the database did.
      let told: unknown;
      try {
        return await transact(pool, "BEGIN", (session) =>
          written(session, digest, batches, entry).catch((error: unknown) => {
            told = error;
            throw error;
          }),
        );
      } catch (error) {
        throw told ?? error;
      } finally {
        await pool.end();
      }
    },
    async has(digest) {
      const pool = openPool();
      try {
        return await transact(pool, "BEGIN", (session) => isMarked(session, digest));
      } finally {
        await pool.end();
      }
    },
  };
}

/** @throws {MessagingError} `client/misused` while something is being imported, which ends the epoch one would go by. */
export async function refuseWhileImporting(pool: Pool): Promise<void> {
  const [row] = await run(
    pool,
    sql<{ readonly free: boolean }>`SELECT pg_try_advisory_xact_lock_shared(${IMPORTING}) AS free`,
  );
  if (row?.free === true) return;
  const message = "unable to open the database; something is being imported into it";
  throw new MessagingError("client/misused", { message });
}

/** The transaction is open as long as its pages are read. */
async function reading(pool: Pool, scope: ArchiveScope): Promise<ArchiveReading | undefined> {
  const only = scope.of === "conversation" ? scope.conversationId : "";
  const { session, end } = await openReading(pool);
  try {
    const count = await session.first(sql<Counted>`
      SELECT (SELECT value FROM meta WHERE name = 'epoch') AS epoch,
        EXISTS (SELECT FROM conversations WHERE id = ${only}) AS found,
        (SELECT count(*) FROM messages m WHERE ${only} = ''
          OR m.conversation = (SELECT key FROM conversations WHERE id = ${only})) AS messages`);
    if (count && (only === "" || count.found))
      return {
        ...{ epoch: count.epoch, messages: count.messages },
        ...releasable(pages(session, scope, end), end),
      };
  } catch (error) {
    await end();
    throw error;
  }
  await end();
  return undefined;
}

/** What is locked as long as something is being imported. */
const IMPORTING = sql`hashtextextended('import', 0)`;
const RUNNING = "unable to import; a server runs on this database: stop it first";

interface Counted {
  readonly epoch: string;
  readonly found: boolean;
  readonly messages: number;
}

async function* pages(
  session: Session,
  scope: ArchiveScope,
  end: () => Promise<void>,
): AsyncGenerator<readonly RowLine[]> {
  try {
    yield* archivePages(archiveTables(session), scope);
  } finally {
    await end();
  }
}

async function written(
  session: Session,
  digest: string,
  batches: Parameters<Archive["write"]>[1],
  entry: AuditEntry,
): Promise<boolean> {
  if (await isMarked(session, digest)) return false;
  // Each node listens for jobs as long as it runs.
  const node = await session.first(sql<object>`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = ${JOBS_NAME}`);
  if (node) throw new MessagingError("client/misused", { message: RUNNING });
  const writing = new ArchiveWriting(archiveTarget(session));
  for await (const batch of batches) await writing.take(batch);
  await Promise.all([
    session.all(unnumbered),
    session.all(sql`INSERT INTO meta VALUES (${markOf(digest)}, ${new Date().toISOString()})`),
    session.all(insertion([entry])),
    session.all(sql`UPDATE meta SET value = ${randomUUID()} WHERE name = 'epoch'`),
  ]);
  return true;
}

/** One at a time: whoever asks after a connection that was lost waits until what went over it is over. */
async function isMarked(session: Session, digest: string): Promise<boolean> {
  const mark = markOf(digest);
  await session.all(sql`SELECT pg_advisory_xact_lock(${IMPORTING})`);
  return (await session.first(sql<object>`SELECT FROM meta WHERE name = ${mark}`)) !== undefined;
}
