import type { MessageRecord, MessageVersion } from "@tidings/core/protocol";
import { type AuditEntry, pseudonym } from "../audit.ts";
import type { CaseEvent } from "../case-events.ts";
import {
  caseOf,
  caseOrder,
  type CaseRow,
  type Cases,
  CASES_AT_ONCE,
  type CasesQuery,
  decisionEntry,
  type FlagRow,
  type ModerationCase,
  MOST_FLAGS,
  placeOf,
  statusAfter,
  tokenOf,
  worstOf,
} from "../cases.ts";
import { pageOf } from "../reading.ts";
import type { Connection, Statement } from "./database.ts";
import { decode } from "./tables.ts";

/** Where commands leave their marks. To be called inside a transaction. */
export interface CaseMarks {
  readonly mark: (event: CaseEvent) => void;
  /** Nobody finds this person here any more. */
  readonly forgetUser: (userId: string) => void;
}

const same = "conversation_id = ?1 AND message_id = ?2 AND user_id = ?3";
const begin = `INSERT INTO cases (conversation_id, message_id, user_id, status, opened_at`;
const known = "ON CONFLICT (conversation_id, message_id, user_id) DO UPDATE SET";

export function createCaseMarks({ prepare }: Connection): CaseMarks {
  const isKnown = "EXISTS (SELECT 1 FROM case_flags WHERE case_id = cases.id AND reporter_id = ?5)";
  const isChanged = "coalesce(decided_revision, 1) < revision";
  // Of a person whoever has reported them before has no news; a rule has seen them do something.
  const isNews = `status IN ('approved', 'banned') AND iif(message_id = '', ?5 = '' OR NOT ${isKnown}, ${isChanged})`;
  const flagged = prepare<{ id: string }>(
    `${begin}) VALUES (?1, ?2, ?3, 'open', ?4) ${known}
       status = iif(${isNews}, 'open', status), opened_at = iif(${isNews}, ?4, opened_at),
       decision = iif(${isNews}, NULL, decision), revision = revision + (${isNews}) RETURNING id`,
  );
  const addFlag = prepare(
    `INSERT INTO case_flags (case_id, reporter_id, rule, text, score, at, version) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
     WHERE ?2 <> '' OR (SELECT count(*) FROM case_flags WHERE case_id = ?1 AND reporter_id = '') < ${MOST_FLAGS}
     ON CONFLICT (case_id, reporter_id, rule) DO NOTHING RETURNING 1`,
  );
  const renewFlag = prepare(
    `UPDATE case_flags SET text = ?4, score = ?5, at = ?6, version = ?7 WHERE case_id = ?1 AND reporter_id = ?2 AND rule = ?3`,
  );
  const removed = prepare(
    `${begin}, decided_by, decided_at) VALUES (?1, ?2, ?3, 'removed', ?4, ?5, ?4)
     ${known} status = 'removed', decided_by = ?5, decided_at = ?4`,
  );
  const appealed = prepare(
    `${begin}, appeal, urgency) VALUES (?1, ?2, ?3, 'appealed', ?4, ?5, 100)
     ${known} status = 'appealed', opened_at = ?4, appeal = ?5, decision = NULL, revision = revision + 1,
       urgency = urgency + 100 WHERE appeal IS NULL AND is_open = 0`,
  );
  // What is not of people, nor of an appeal, is of the worst rule.
  const count = prepare(
    `UPDATE cases SET reports = reports + ?4, urgency = urgency + 100 * ?4
       + max(0, ?5 - (urgency - 100 * reports - 100 * (appeal IS NOT NULL))) WHERE ${same}`,
  );
  const edited = prepare(`UPDATE cases SET revision = revision + 1 WHERE ${same}`);
  const forget = [
    "DELETE FROM cases WHERE user_id = ?2",
    "UPDATE case_flags SET reporter_id = ?1, text = '' WHERE reporter_id = ?2",
    "UPDATE cases SET decided_by = ?1 WHERE decided_by = ?2",
  ].map((statement) => prepare(statement));
  return {
    mark(event) {
      const { conversationId, messageId, userId, at } = event;
      const about = [conversationId, messageId, userId] as const;
      if (event.type === "removed") return removed.run(...about, at, event.byId);
      if (event.type === "appeal") return appealed.run(...about, at, event.text);
      if (event.type === "edited") return edited.run(...about);
      const { reporterId, rule, text, score, version } = event;
      const { id = "" } = flagged.get(...about, at, reporterId) ?? {};
      const flag = [id, reporterId, rule, text, score, at, version] as const;
      const isNew = addFlag.get(...flag) !== undefined;
      if (!isNew) renewFlag.run(...flag);
      count.run(...about, isNew && reporterId !== "" ? 1 : 0, worstOf(event));
    },
    forgetUser(userId) {
      const stand = pseudonym();
      for (const each of forget) each.run(stand, userId);
    },
  };
}

/** @param transact - runs what writes to tables that the working set has no part of. */
export function createCases(
  { prepare }: Connection,
  transact: <Result>(work: () => Result) => Result,
  audit: (entry: AuditEntry) => void,
): Cases {
  const page = createPages({ prepare });
  const one = prepare<CaseRow>("SELECT * FROM cases WHERE id = ?");
  const whole = createReader({ prepare });
  const decide = prepare<CaseRow>(
    `UPDATE cases SET status = ?2, decision = ?3, decided_by = ?4, decided_at = ?5, decided_revision = revision
     WHERE id = ?1 AND revision = ?6 AND CASE WHEN decision IS NULL THEN ?3 <> 'approve' OR is_open = 1
         WHEN decision = 'approve' THEN ?3 <> 'approve' AND appeal IS NULL ELSE decision = 'remove' AND ?3 = 'ban' END
     RETURNING *`,
  );
  const forget = [
    "decided_at < ? AND is_open = 0 ORDER BY decided_at",
    `is_open = 1 AND opened_at < ? AND message_id <> ''
       AND NOT EXISTS (SELECT 1 FROM messages WHERE id = cases.message_id)`,
  ].map((old) =>
    prepare<{ id: string }>(
      `DELETE FROM cases WHERE id IN (SELECT id FROM cases WHERE ${old} LIMIT ${CASES_AT_ONCE}) RETURNING id`,
    ),
  );
  return {
    async page(query) {
      const { limit, order } = query;
      return pageOf(page(query), limit, whole, (row) => tokenOf(row, order));
    },
    async find(caseId) {
      const row = one.get(caseId);
      return row && whole(row);
    },
    decide: async ({ id, revision }, decision, by) =>
      transact(() => {
        const row = decide.get(id, statusAfter[decision], decision, by.actorId, by.at, revision);
        if (row) audit(decisionEntry(row, decision, by));
        return row !== undefined;
      }),
    forget: async (before) => transact(() => forget.flatMap((each) => each.all(before)).length),
  };
}

function createPages({ prepare }: Pick<Connection, "prepare">): (query: CasesQuery) => readonly CaseRow[] {
  const pages = (by: string): { readonly all: Statement<CaseRow>; readonly of: Statement<CaseRow> } => {
    const rest = `is_open = ? AND user_id <> ? AND (${by}, id) < (?, ?) ORDER BY ${by} DESC, id DESC LIMIT ?`;
    return {
      all: prepare(`SELECT * FROM cases WHERE ${rest}`),
      of: prepare(`SELECT * FROM cases WHERE conversation_id = ? AND ${rest}`),
    };
  };
  const sorted = { newest: pages(caseOrder.newest), urgent: pages(caseOrder.urgent) };
  return (query) => {
    const { conversationId, isOpen, order, limit, except = "" } = query;
    const rest = [isOpen ? 1 : 0, except, ...placeOf(query), limit + 1] as const;
    const { all, of } = sorted[order];
    return conversationId === undefined ? all.all(...rest) : of.all(conversationId, ...rest);
  };
}

function createReader({ prepare }: Pick<Connection, "prepare">): (row: CaseRow) => ModerationCase {
  const flags = prepare<FlagRow & { readonly record: string | null }>(
    `SELECT f.*, v.record FROM case_flags f LEFT JOIN versions v ON v.message_id = ? AND v.version = f.version
     WHERE case_id = ? ORDER BY at DESC LIMIT ${MOST_FLAGS}`,
  );
  const message = prepare<{ record: string }>("SELECT record FROM messages WHERE id = ?");
  const last = prepare<{ record: string }>(
    "SELECT record FROM versions WHERE message_id = ? ORDER BY version DESC LIMIT 1",
  );
  return (row) => {
    const found = row.message_id === "" ? undefined : message.get(row.message_id);
    const record = found && decode<MessageRecord>(found);
    const version = record?.deletedAt === undefined ? undefined : last.get(record.id);
    const pointed = flags.all(row.message_id, row.id).map(({ record: then, ...flag }) => ({
      ...{ ...flag, said: then === null ? null : decode<MessageVersion>({ record: then }) },
    }));
    return caseOf(row, pointed, record, version && decode<MessageVersion>(version));
  };
}
