import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import {
  AUDIT_AT_ONCE,
  auditColumns,
  type AuditEntry,
  type AuditPage,
  type AuditQuery,
  type AuditRow,
  entryOf,
  keyBefore,
  pseudonym,
} from "../audit.ts";
import { pageOf } from "../reading.ts";
import { read, transact } from "./session.ts";

export async function note(pool: Pool, entry: AuditEntry): Promise<void> {
  await transact(pool, "BEGIN", (session) => session.all(insertion([entry])));
}

export function insertion(entries: readonly AuditEntry[]): RawBuilder<unknown> {
  const rows = entries.map(
    ({ at, actorId, action, subject = "", conversationId = "", detail = "" }) =>
      sql`(${at}::bigint, ${actorId}, ${action}, ${subject}, ${conversationId}, ${detail})`,
  );
  return sql`INSERT INTO audit (at, actor_id, action, subject, conversation_id, detail) VALUES ${sql.join(rows)}`;
}

export function page(pool: Pool, query: AuditQuery): Promise<AuditPage> {
  const { by, id = "", limit } = query;
  const theirs = by === undefined ? sql`` : sql`${sql.ref(auditColumns[by])} = ${id} AND`;
  return read(pool, "BEGIN READ ONLY", async (session) => {
    const rows = await session.all(sql<AuditRow>`
      SELECT * FROM audit WHERE ${theirs} key < ${keyBefore(query)} ORDER BY key DESC LIMIT ${limit + 1}`);
    return pageOf(rows, limit, entryOf, ({ key }) => String(key));
  });
}

/** See `Audit.forget`. Keys ascend with time, so the oldest are the first: no index by time is needed. */
export function expire(pool: Pool, before: number): Promise<number> {
  return transact(pool, "BEGIN", async (session) => {
    const [, expired] = await Promise.all([
      session.all(sql`SELECT set_config('tidings.audit_kept_since', ${String(before)}, true)`),
      session.all(sql`
        DELETE FROM audit WHERE key IN (
          SELECT key FROM (SELECT key, at FROM audit ORDER BY key LIMIT ${AUDIT_AT_ONCE}) oldest WHERE at < ${before}
        ) RETURNING key`),
    ]);
    return expired.length;
  });
}

/** Nobody finds this person here any more. */
export function pseudonymisation(userId: string): readonly RawBuilder<unknown>[] {
  const stand = pseudonym();
  return [auditColumns.actorId, auditColumns.subject].map(
    (column) => sql`UPDATE audit SET ${sql.ref(column)} = ${stand} WHERE ${sql.ref(column)} = ${userId}`,
  );
}
