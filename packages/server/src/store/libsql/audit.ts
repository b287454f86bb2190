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
import type { Connection } from "./database.ts";

export interface AuditTable {
  put(entry: AuditEntry): void;
  page(query: AuditQuery): AuditPage;
  /** See `Audit.forget`. To be called inside a transaction. */
  expire(before: number): number;
  /** Nobody finds this person here any more. To be called inside a transaction. */
  forget(userId: string): void;
}

export function createAudit({ prepare }: Connection): AuditTable {
  const put = prepare(
    "INSERT INTO audit (at, actor_id, action, subject, conversation_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const pages = {
    all: prepare<AuditRow>("SELECT * FROM audit WHERE key < ? ORDER BY key DESC LIMIT ?"),
    actorId: by(auditColumns.actorId),
    subject: by(auditColumns.subject),
    conversationId: by(auditColumns.conversationId),
  };
  const forget = [auditColumns.actorId, auditColumns.subject].map((column) =>
    prepare(`UPDATE audit SET ${column} = ? WHERE ${column} = ?`),
  );

  const keptSince = prepare("UPDATE meta SET value = ? WHERE name = 'audit_kept_since'");
  // Keys ascend with time, so the oldest are the first: no index by time is needed.
  const expire = prepare<{ key: number }>(
    `DELETE FROM audit WHERE key IN (
       SELECT key FROM (SELECT key, at FROM audit ORDER BY key LIMIT ${AUDIT_AT_ONCE}) WHERE at < ?
     ) RETURNING key`,
  );

  function by(column: string) {
    return prepare<AuditRow>(`SELECT * FROM audit WHERE ${column} = ? AND key < ? ORDER BY key DESC LIMIT ?`);
  }

  return {
    put: ({ at, actorId, action, subject = "", conversationId = "", detail = "" }) =>
      put.run(at, actorId, action, subject, conversationId, detail),
    page(query) {
      const { by: name, id = "", limit } = query;
      const before = keyBefore(query);
      const rows =
        name === undefined ? pages.all.all(before, limit + 1) : pages[name].all(id, before, limit + 1);
      return pageOf(rows, limit, entryOf, ({ key }) => String(key));
    },
    expire(before) {
      keptSince.run(String(before));
      return expire.all(before).length;
    },
    forget(userId) {
      const stand = pseudonym();
      for (const each of forget) each.run(stand, userId);
    },
  };
}
