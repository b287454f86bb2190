import type { MessageContent } from "./content.ts";
import type { MessageRecord } from "./records.ts";

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
  /** What it is about, if the message says something else now; of a rule about a person, what they have called the conversation. */
  readonly said?: MessageContent;
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
  /** Rises whenever it becomes another: it is opened again, its author appeals or edits. What is decided is decided of this. */
  readonly revision: number;
  /** 100 for each person who reported it and for an appeal, and the highest score of a rule in hundredths. */
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
  /** What it said when it was last pointed at, if it says something else now; else what it said last, if it was deleted. */
  readonly said?: MessageContent;
}
