import type { ConversationSummary, MessageRecord, ParticipantRecord } from "@tidings/core/protocol";
import { receiptOf } from "../load.ts";
import { type ConversationRow, conversationOf } from "../tables.ts";

export interface SummaryRow extends ConversationRow {
  readonly self: ParticipantRecord;
  readonly last: MessageRecord | null;
  /** Null with no watermark. */
  readonly delivered_seq: number | null;
  readonly read_seq: number | null;
  readonly at: number | null;
  /** The oldest message there is. */
  readonly floor: number | null;
  readonly own: number;
  readonly deleted: number;
}

/** Sequences are dense: unread is a difference, minus the few that do not count. */
export function summaryOf(readerId: string, row: SummaryRow): ConversationSummary {
  const { self, last, floor, own, deleted, delivered_seq: delivered, read_seq: readTo, at } = row;
  const { head, record, counts } = conversationOf(row);
  const receipt =
    delivered === null || readTo === null || at === null
      ? undefined
      : receiptOf(head.conversationId, { user_id: readerId, delivered_seq: delivered, read_seq: readTo, at });
  return {
    conversation: record,
    self,
    head,
    memberCount: counts.members,
    unread: head.seq - Math.max(readTo ?? 0, (floor ?? head.seq + 1) - 1) - own - deleted,
    ...(last && { lastMessage: last }),
    ...(receipt && { receipt }),
  };
}
