import { Logger, run, runMigrations, type SharedOptions } from "graphile-worker";
import type { NoteRecord } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Pool } from "pg";
import { DUE_AT_ONCE, type Plans } from "../plans.ts";
import { refuseWhileImporting } from "./archive/archive.ts";
import { read } from "./session.ts";

/** Jobs one node has under way at once. */
const AT_ONCE = 4;
/** It is told of new jobs; this is for the time of those that wait, and for what it was not told. */
const POLL_MS = 1_000;

export interface QueueOptions {
  readonly pool: Pool;
  readonly onFailure: (error: unknown) => void;
}

/** Makes, or brings up to date, the tables of the queue. */
export function prepareQueue(pool: Pool): Promise<void> {
  return runMigrations(sharedOf({ pool, onFailure: () => {} }));
}

/** See `Plans`: a queue in the same database wakes one node for each. */
export function queuedPlans(options: QueueOptions): Plans {
  const { pool } = options;
  return {
    due: (until, past = 0) =>
      read(pool, "BEGIN READ ONLY", async (session) => {
        const rows = await session.all(sql<{ readonly record: NoteRecord }>`
          SELECT record FROM notes WHERE due_at <= ${until}::bigint ORDER BY due_at, conversation, id
          LIMIT ${DUE_AT_ONCE} OFFSET ${past}::bigint`);
        return rows.map(({ record }) => record);
      }),
    next: (after) =>
      read(pool, "BEGIN READ ONLY", async (session) => {
        const row = await session.first(sql<{ readonly due_at: number | null }>`
          SELECT min(due_at) AS due_at FROM notes WHERE due_at > ${after}::bigint`);
        return row?.due_at ?? undefined;
      }),
    async work(carryOut) {
      const runner = await run({
        ...sharedOf(options),
        concurrency: AT_ONCE,
        pollInterval: POLL_MS,
        noHandleSignals: true,
        taskList: {
          tidings_due: async (payload) => {
            const note = isJob(payload) ? await find(pool, payload) : undefined;
            if (note) await carryOut(note);
          },
        },
      });
      try {
        // From here on an import sees this node; one that began before is seen by it.
        await refuseWhileImporting(pool);
      } catch (error) {
        await runner.stop();
        throw error;
      }
      return () => runner.stop();
    },
  };
}

/** What it has to say it says by failing; the rest nobody reads. */
function sharedOf({ pool, onFailure }: QueueOptions): SharedOptions {
  const logger = new Logger(() => (level, message) => {
    if (level === "error") onFailure(new Error(message));
  });
  return { pgPool: pool, logger };
}

interface Job {
  readonly conversation: number;
  readonly id: string;
  readonly dueAt: number;
}

function isJob(payload: unknown): payload is Job {
  return typeof payload === "object" && payload !== null && "conversation" in payload && "dueAt" in payload;
}

/** The note, unless it has another time by now, and so another job. */
function find(pool: Pool, { conversation, id, dueAt }: Job): Promise<NoteRecord | undefined> {
  return read(pool, "BEGIN READ ONLY", async (session) => {
    const row = await session.first(sql<{ readonly record: NoteRecord }>`
      SELECT record FROM notes
      WHERE conversation = ${conversation}::bigint AND id = ${id} AND due_at = ${dueAt}::bigint`);
    return row?.record;
  });
}
