import type { MessageRecord, MessageVersion } from "@tidings/core/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import { pseudonym } from "../audit.ts";
import type { CaseEvent } from "../case-events.ts";
import {
  type CaseDecision,
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
} from "../cases.ts";
import { pageOf } from "../reading.ts";
import { insertion } from "./audit.ts";
import { read, type Session, transact } from "./session.ts";
import { array } from "./statement.ts";

/** Where commands leave their marks, behind the statements that write what they changed. */
export function caseMarks(event: CaseEvent): readonly RawBuilder<unknown>[] {
  const { conversationId, messageId, userId, at } = event;
  const about = sql`${conversationId}, ${messageId}, ${userId}`;
  const known = sql.raw("ON CONFLICT (conversation_id, message_id, user_id) DO UPDATE SET");
  const begin = sql.raw("INSERT INTO cases (conversation_id, message_id, user_id, status, opened_at");
  switch (event.type) {
    case "removed":
      return [
        sql`${begin}, decided_by, decided_at) VALUES (${about}, 'removed', ${at}, ${event.byId}, ${at})
          ${known} status = 'removed', decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
      ];
    case "appeal":
      return [
        sql`${begin}, appeal) VALUES (${about}, 'appealed', ${at}, ${event.text})
          ${known} status = 'appealed', opened_at = excluded.opened_at, appeal = excluded.appeal, decision = NULL
          WHERE cases.appeal IS NULL AND NOT cases.is_open`,
        counted(event),
      ];
    case "flag": {
      const isNews = sql`cases.status IN ('approved', 'banned') AND coalesce(cases.decided_at, 0) < ${event.changedAt}::bigint`;
      return [
        sql`WITH opened AS (
            ${begin}) VALUES (${about}, 'open', ${at})
            ${known} status = CASE WHEN ${isNews} THEN 'open' ELSE cases.status END,
              opened_at = CASE WHEN ${isNews} THEN excluded.opened_at ELSE cases.opened_at END,
              decision = CASE WHEN ${isNews} THEN NULL ELSE cases.decision END
            RETURNING id
          ) INSERT INTO case_flags (case_id, reporter_id, rule, text, score, at)
          SELECT id, ${event.reporterId}, ${event.rule}, ${event.text}, ${event.score}::float8, ${at}::bigint FROM opened
          ON CONFLICT (case_id, reporter_id, rule) DO UPDATE SET text = excluded.text, score = excluded.score, at = excluded.at`,
        counted(event),
      ];
    }
  }
}

/** Of two who report at once the second waits for the first, whose row it touches, and counts with it. */
function counted({ conversationId, messageId, userId }: CaseEvent): RawBuilder<unknown> {
  return sql`UPDATE cases SET
      urgency = CASE WHEN appeal IS NULL THEN 0 ELSE 100 END
        + (SELECT coalesce(sum(round(100 * coalesce(score, 1))), 0) FROM case_flags WHERE case_id = id)::bigint,
      reports = (SELECT count(*) FROM case_flags WHERE case_id = id AND reporter_id <> '')
    WHERE conversation_id = ${conversationId} AND message_id = ${messageId} AND user_id = ${userId}`;
}

/** Nobody finds this person here any more. */
export function forgottenCases(userId: string): readonly RawBuilder<unknown>[] {
  const stand = pseudonym();
  return [
    sql`DELETE FROM cases WHERE user_id = ${userId}`,
    sql`UPDATE case_flags SET reporter_id = ${stand}, text = '' WHERE reporter_id = ${userId}`,
    sql`UPDATE cases SET decided_by = ${stand} WHERE decided_by = ${userId}`,
  ];
}

/** Whether it can still be decided so. */
const isFree: Readonly<Record<CaseDecision, RawBuilder<unknown>>> = {
  approve: sql`decision IS NULL AND is_open`,
  remove: sql`coalesce(decision, 'approve') = 'approve'`,
  ban: sql`coalesce(decision, 'approve') <> 'ban'`,
};

export function cases(pool: Pool): Cases {
  return {
    page: (query) =>
      read(pool, READING, async (session) => {
        const rows = await session.all(pageStatement(query));
        const whole = await reader(session, rows.slice(0, query.limit));
        return pageOf(rows, query.limit, whole, (row) => tokenOf(row, query.order));
      }),
    find: (caseId) =>
      read(pool, READING, async (session) => {
        const row = await session.first(sql<CaseRow>`SELECT * FROM cases WHERE id = ${caseId}`);
        return row && (await reader(session, [row]))(row);
      }),
    decide: (caseId, decision, by) =>
      transact(pool, "BEGIN", async (session) => {
        const row = await session.first(sql<CaseRow>`
          UPDATE cases SET status = ${statusAfter[decision]}, decision = ${decision}, decided_by = ${by.actorId},
            decided_at = ${by.at} WHERE id = ${caseId} AND ${isFree[decision]} RETURNING *`);
        if (row) await session.all(insertion([decisionEntry(row, decision, by)]));
        return row !== undefined;
      }),
    forget: (before) =>
      transact(pool, "BEGIN", async (session) => {
        const gone = await session.all(sql`DELETE FROM cases WHERE id IN (
          SELECT id FROM cases WHERE decided_at < ${before} AND NOT is_open ORDER BY decided_at
          LIMIT ${CASES_AT_ONCE} FOR UPDATE SKIP LOCKED) RETURNING id`);
        return gone.length;
      }),
  };
}

/** A case and what it is about are of one moment. */
const READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

export function pageStatement(query: CasesQuery): RawBuilder<CaseRow> {
  const { conversationId, isOpen, order, limit, except = "" } = query;
  const [value, id] = placeOf(query);
  const by = sql.ref(caseOrder[order]);
  const place = conversationId === undefined ? sql`` : sql`conversation_id = ${conversationId} AND`;
  return sql<CaseRow>`SELECT * FROM cases WHERE ${place} is_open = ${isOpen}
    AND user_id <> ${except} AND (${by}, id) < (${value}::bigint, ${id}) ORDER BY ${by} DESC, id DESC LIMIT ${limit + 1}`;
}

async function reader(session: Session, rows: readonly CaseRow[]): Promise<(row: CaseRow) => ModerationCase> {
  const messageIds = rows.map((row) => row.message_id).filter((id) => id !== "");
  const [flags, messages] = await Promise.all([
    session.all(flagsOf(rows.map(({ id }) => id))),
    session.all(messagesOf(messageIds)),
  ]);
  const byId = new Map(messages.map((each) => [each.record.id, each]));
  return (row) => {
    const found = byId.get(row.message_id);
    const own = flags.filter((flag) => flag.case_id === row.id);
    return caseOf(row, own, found?.record, found?.last?.content);
  };
}

/** Of each case the newest few. */
function flagsOf(ids: readonly string[]): RawBuilder<FlagRow> {
  return sql<FlagRow>`SELECT f.* FROM unnest(${array("text", ids)}) AS w (id) CROSS JOIN LATERAL (
    SELECT * FROM case_flags WHERE case_id = w.id ORDER BY at DESC LIMIT ${MOST_FLAGS}) f`;
}

interface FoundMessage {
  readonly record: MessageRecord;
  readonly last: MessageVersion | null;
}

/** With what it said last, of those that were deleted. */
function messagesOf(ids: readonly string[]): RawBuilder<FoundMessage> {
  return sql<FoundMessage>`SELECT m.record, v.record AS last FROM messages m LEFT JOIN LATERAL (
      SELECT record FROM versions WHERE message_id = m.id AND m.is_deleted ORDER BY version DESC LIMIT 1
    ) v ON true WHERE m.id = ANY(${array("text", ids)})`;
}
