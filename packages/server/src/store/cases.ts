import type {
  CaseDecision,
  CaseFlag,
  CaseStatus,
  MessageRecord,
  MessageVersion,
  ModerationCase,
} from "@tidings/core/protocol";
import type { AuditEntry } from "./audit.ts";

export type { CaseDecision, CaseFlag, CaseStatus, ModerationCase };

export interface CasesQuery {
  /** Of one conversation; else of all. */
  readonly conversationId?: string | undefined;
  /** Those that wait for somebody, or those that are decided. */
  readonly isOpen: boolean;
  readonly order: "newest" | "urgent";
  /** Not those about this person. */
  readonly except?: string | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface CasesPage {
  readonly items: readonly ModerationCase[];
  /** Absent on the last page. */
  readonly next?: string;
}

/**
 * What moderators are to look at. It is filled in the transactions of the commands it is about; who may see it is asked
 * by whoever asks for it.
 */
export interface Cases {
  page(query: CasesQuery): Promise<CasesPage>;
  find(caseId: string): Promise<ModerationCase | undefined>;
  /**
   * Writes down what was decided, in the audit log too. Of two equal decisions the first counts; what took effect counts
   * more than that nothing was to happen, but for an appeal that was granted; and a ban counts more than a removal.
   *
   * @param found - as whoever decides has seen it
   * @returns false if it was decided before, or is not what was seen: it was edited, opened again or appealed against.
   */
  decide(
    found: Pick<ModerationCase, "id" | "revision">,
    decision: CaseDecision,
    by: Pick<AuditEntry, "actorId" | "at">,
  ): Promise<boolean>;
  /**
   * Deletes what was decided before `before` (server time, ms), and what has waited since then about a message that is
   * kept no more: a bounded number at a time; how many it deleted.
   */
  forget(before: number): Promise<number>;
}

/** Flags that a case shows, and rules that it keeps. */
export const MOST_FLAGS = 20;
/** Cases deleted in one call, so that it never holds up commits for long. */
export const CASES_AT_ONCE = 1_000;

/** What became of a case, by what was decided. */
export const statusAfter: Readonly<Record<CaseDecision, CaseStatus>> = {
  approve: "approved",
  remove: "removed",
  ban: "banned",
};

/** A row of the table of either database. */
export interface CaseRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly message_id: string;
  readonly user_id: string;
  readonly status: CaseStatus;
  readonly opened_at: number;
  readonly urgency: number;
  readonly reports: number;
  readonly decided_at: number | null;
  readonly decided_by: string | null;
  readonly appeal: string | null;
  readonly revision: number;
}

export interface FlagRow {
  readonly case_id: string;
  readonly reporter_id: string;
  readonly rule: string;
  readonly text: string;
  readonly score: number | null;
  readonly at: number;
  readonly version: number;
}

/** With what it is about, if that has changed since. */
export interface Flag extends FlagRow {
  readonly said?: MessageVersion | null | undefined;
}

/** @param last - what a deleted message said last */
export function caseOf(
  row: CaseRow,
  flags: readonly Flag[],
  message: MessageRecord | undefined,
  last: MessageVersion | undefined,
): ModerationCase {
  const [pointedAt] = flags.flatMap(({ said }) => said ?? []).toSorted((a, b) => b.version - a.version);
  const said = (pointedAt ?? last)?.content;
  const { id, status, urgency, reports, appeal, decided_at: decidedAt, decided_by: decidedBy } = row;
  return {
    ...{ id, conversationId: row.conversation_id, userId: row.user_id, status, urgency, reports },
    ...(row.message_id !== "" && { messageId: row.message_id }),
    ...{ openedAt: row.opened_at, revision: row.revision },
    flags: flags.map(flagOf),
    ...(appeal !== null && { appeal }),
    ...(decidedAt !== null && { decidedAt }),
    ...(decidedBy !== null && { decidedBy }),
    ...(message && { message }),
    ...(said && { said }),
  };
}

/** What the worst of its rules gives a case, in hundredths. */
export function worstOf({ score }: Pick<FlagRow, "score">): number {
  return Math.round(100 * (score ?? 0));
}

function flagOf({ reporter_id: reporterId, rule, text, score, at, said }: Flag): CaseFlag {
  const why =
    reporterId === ""
      ? ({ source: "rule", reason: rule } as const)
      : ({ source: "person", reason: text } as const);
  // A rule has no words of its own: they are those it is about, where there is no message that has them.
  const content = said?.content ?? (reporterId === "" && text !== "" ? { text } : undefined);
  return { ...why, at, ...(score !== null && { score }), ...(content && { said: content }) };
}

/** The entry of a decision. */
export function decisionEntry(
  row: Pick<CaseRow, "conversation_id" | "message_id" | "user_id">,
  decision: CaseDecision,
  by: Pick<AuditEntry, "actorId" | "at">,
): AuditEntry {
  const { conversation_id: conversationId, message_id: messageId, user_id: userId } = row;
  return { ...by, action: `case.${decision}`, subject: messageId || userId, conversationId };
}

/** What a page is sorted by, in either database. */
export const caseOrder = { newest: "opened_at", urgent: "urgency" } as const;

/** What the token of a page may look like. */
export const casesToken: RegExp = /^(\d{1,15})\.([\da-f]{32})$/u;

export function tokenOf(row: CaseRow, order: CasesQuery["order"]): string {
  return `${row[caseOrder[order]]}.${row.id}`;
}

/** Where a page begins: below these. */
export function placeOf({ after }: CasesQuery): readonly [value: number, id: string] {
  const [, value, id] = casesToken.exec(after ?? "") ?? [];
  return value === undefined || id === undefined ? [Number.MAX_SAFE_INTEGER, ""] : [Number(value), id];
}
