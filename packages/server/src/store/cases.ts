import type { MessageContent, MessageRecord } from "@tidings/core/protocol";
import type { AuditEntry } from "./audit.ts";

/** `appealed`: it was removed, and its author does not agree. The others are decided. */
export type CaseStatus = "open" | "appealed" | "approved" | "removed" | "banned";

/** `approve`: nothing is wrong with it. `remove`: the message goes. `ban`: so does who wrote it. */
export type CaseDecision = "approve" | "remove" | "ban";

/** Why something is shown to moderators. Who reported it is not told. */
export interface CaseFlag {
  readonly source: "rule" | "person";
  /** The rule's, or what somebody wrote who reported it. */
  readonly reason: string;
  /** From 0 to 1; a rule's. */
  readonly score?: number;
  readonly at: number;
}

/** A message, or a person, that moderators are to look at: once, however many point at it. */
export interface ModerationCase {
  /** Says nothing of how many there are. */
  readonly id: string;
  readonly conversationId: string;
  /** Absent: the person is meant. */
  readonly messageId?: string;
  /** Who is meant, or wrote the message. */
  readonly userId: string;
  readonly status: CaseStatus;
  /** Since when it waits, or waited last; server time in ms. */
  readonly openedAt: number;
  /** 100 for each person who reported it and for an appeal, and of a rule its score in hundredths. */
  readonly urgency: number;
  /** How many people reported it. */
  readonly reports: number;
  /** The newest few. */
  readonly flags: readonly CaseFlag[];
  /** What its author says against the removal. */
  readonly appeal?: string;
  readonly decidedBy?: string;
  readonly decidedAt?: number;
  /** As it is now, if it is kept. */
  readonly message?: MessageRecord;
  /** What it said last, if it was deleted. */
  readonly said?: MessageContent;
}

export interface CasesQuery {
  /** Of one conversation; else of all. */
  readonly conversationId?: string | undefined;
  /** Those that wait for somebody, or those that are decided. */
  readonly isOpen: boolean;
  readonly order: "newest" | "urgent";
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
   * more than that nothing was to happen, and a ban more than a removal.
   *
   * @returns false if it was decided before.
   */
  decide(caseId: string, decision: CaseDecision, by: Pick<AuditEntry, "actorId" | "at">): Promise<boolean>;
  /** Deletes what was decided before `before` (server time, ms), a bounded number at a time; how many it deleted. */
  forget(before: number): Promise<number>;
}

/** Flags that a case shows. */
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
}

export interface FlagRow {
  readonly case_id: string;
  readonly reporter_id: string;
  readonly rule: string;
  readonly text: string;
  readonly score: number | null;
  readonly at: number;
}

export function caseOf(
  row: CaseRow,
  flags: readonly FlagRow[],
  message: MessageRecord | undefined,
  said: MessageContent | undefined,
): ModerationCase {
  const { id, status, urgency, reports, appeal, decided_at: decidedAt, decided_by: decidedBy } = row;
  return {
    ...{ id, conversationId: row.conversation_id, userId: row.user_id, status, urgency, reports },
    ...(row.message_id !== "" && { messageId: row.message_id }),
    openedAt: row.opened_at,
    flags: flags.map(flagOf),
    ...(appeal !== null && { appeal }),
    ...(decidedAt !== null && { decidedAt }),
    ...(decidedBy !== null && { decidedBy }),
    ...(message && { message }),
    ...(said && { said }),
  };
}

function flagOf({ reporter_id: reporterId, rule, text, score, at }: FlagRow): CaseFlag {
  const why =
    reporterId === ""
      ? ({ source: "rule", reason: rule } as const)
      : ({ source: "person", reason: text } as const);
  return { ...why, at, ...(score !== null && { score }) };
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
