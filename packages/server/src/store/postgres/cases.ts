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
  type Flag,
  type ModerationCase,
  MOST_FLAGS,
  placeOf,
  statusAfter,
  tokenOf,
  worstOf,
} from "../cases.ts";
import { pageOf } from "../reading.ts";
import { insertion } from "./audit.ts";
import { read, type Session, transact } from "./session.ts";
import { array } from "./statement.ts";

/** In one order, so that of two batches none waits for the other while it is waited for. */
export function inOrder(events: readonly CaseEvent[]): readonly CaseEvent[] {
  const placeOf = ({ conversationId, messageId, userId }: CaseEvent): string =>
    JSON.stringify([conversationId, messageId, userId]);
  return events.toSorted((one, other) =>
    placeOf(one) < placeOf(other) ? -1 : Number(placeOf(one) > placeOf(other)),
  );
}

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
        sql`${begin}, appeal, urgency) VALUES (${about}, 'appealed', ${at}, ${event.text}, 100)
          ${known} status = 'appealed', opened_at = excluded.opened_at, appeal = excluded.appeal, decision = NULL,
            revision = cases.revision + 1, urgency = cases.urgency + 100
          WHERE cases.appeal IS NULL AND NOT cases.is_open`,
      ];
    case "edited":
      return [sql`UPDATE cases SET revision = revision + 1 WHERE ${isAbout(event)}`];
    case "flag": {
      // Of a person whoever has reported them before has no news; a rule has seen them do something.
      const isNews = sql`cases.status IN ('approved', 'banned') AND CASE cases.message_id
        WHEN '' THEN ${event.reporterId}::text = ''
          OR NOT EXISTS (SELECT FROM case_flags WHERE case_id = cases.id AND reporter_id = ${event.reporterId})
        ELSE coalesce(cases.decided_revision, 1) < cases.revision END`;
      return [
        sql`${begin}) VALUES (${about}, 'open', ${at})
          ${known} status = CASE WHEN ${isNews} THEN 'open' ELSE cases.status END,
            opened_at = CASE WHEN ${isNews} THEN excluded.opened_at ELSE cases.opened_at END,
            decision = CASE WHEN ${isNews} THEN NULL ELSE cases.decision END,
            revision = cases.revision + CASE WHEN ${isNews} THEN 1 ELSE 0 END`,
        flagged(event),
      ];
    }
  }
}

function isAbout({ conversationId, messageId, userId }: CaseEvent): RawBuilder<unknown> {
  return sql`conversation_id = ${conversationId} AND message_id = ${messageId} AND user_id = ${userId}`;
}

/** Whoever said it before counts once. What of the urgency is not of people, nor of an appeal, is of the worst rule. */
function flagged(event: Extract<CaseEvent, { readonly type: "flag" }>): RawBuilder<unknown> {
  const { reporterId, rule, text, score, at, version } = event;
  return sql`WITH flag AS (
      INSERT INTO case_flags (case_id, reporter_id, rule, text, score, at, version)
      SELECT id, ${reporterId}, ${rule}, ${text}, ${score}::float8, ${at}::bigint, ${version}::int FROM cases
      WHERE ${isAbout(event)} AND (${reporterId} <> ''
        OR (SELECT count(*) FROM case_flags WHERE case_id = cases.id AND reporter_id = '') < ${MOST_FLAGS})
      ON CONFLICT (case_id, reporter_id, rule) DO UPDATE
        SET text = excluded.text, score = excluded.score, at = excluded.at, version = excluded.version
      RETURNING reporter_id <> '' AND xmax = 0 AS is_new
    ), people AS (SELECT count(*) FILTER (WHERE is_new) AS more FROM flag)
    UPDATE cases SET reports = reports + more, urgency = urgency + 100 * more + greatest(0,
        ${worstOf(event)}::bigint - (urgency - 100 * reports - CASE WHEN appeal IS NULL THEN 0 ELSE 100 END))
    FROM people WHERE ${isAbout(event)}`;
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

const isUnsaid = sql`decision IS NULL OR (decision = 'approve' AND appeal IS NULL)`;

/** Whether it can still be decided so. */
const isFree: Readonly<Record<CaseDecision, RawBuilder<unknown>>> = {
  approve: sql`decision IS NULL AND is_open`,
  remove: sql`(${isUnsaid})`,
  ban: sql`(${isUnsaid} OR decision = 'remove')`,
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
    decide: ({ id, revision }, decision, by) =>
      transact(pool, "BEGIN", async (session) => {
        const row = await session.first(sql<CaseRow>`
          UPDATE cases SET status = ${statusAfter[decision]}, decision = ${decision}, decided_by = ${by.actorId},
            decided_at = ${by.at}, decided_revision = revision
          WHERE id = ${id} AND revision = ${revision} AND ${isFree[decision]} RETURNING *`);
        if (row) await session.all(insertion([decisionEntry(row, decision, by)]));
        return row !== undefined;
      }),
    forget: (before) =>
      transact(pool, "BEGIN", async (session) => {
        const old = [
          sql`decided_at < ${before} AND NOT is_open ORDER BY decided_at`,
          sql`is_open AND opened_at < ${before} AND message_id <> ''
            AND (SELECT true FROM messages WHERE id = cases.message_id) IS NULL`,
        ].map((each) =>
          session.all(sql`DELETE FROM cases WHERE id IN (
            SELECT id FROM cases WHERE ${each} LIMIT ${CASES_AT_ONCE} FOR UPDATE SKIP LOCKED) RETURNING id`),
        );
        return (await Promise.all(old)).flat().length;
      }),
  };
}

/** A case and what it is about are of one moment. */
const READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

function pageStatement(query: CasesQuery): RawBuilder<CaseRow> {
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
    return caseOf(row, own, found?.record, found?.last ?? undefined);
  };
}

/** Of each case the newest few, with what they are about if it was replaced since. */
function flagsOf(ids: readonly string[]): RawBuilder<Flag> {
  return sql<Flag>`SELECT f.*, v.record AS said FROM cases c CROSS JOIN LATERAL (
      SELECT * FROM case_flags WHERE case_id = c.id ORDER BY at DESC LIMIT ${MOST_FLAGS}) f
    LEFT JOIN versions v ON v.message_id = c.message_id AND v.version = f.version
    WHERE c.id = ANY(${array("text", ids)}) ORDER BY f.at DESC`;
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
