import type { RecordCounts, Records } from "../domain/types.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";

/**
 * What a client presumes while it does not know: that the conversation exists and the person may do anything there. The
 * backend knows better and answers for it; presuming less would hide what somebody has just written.
 */
export const presumedConversation: ConversationRecord = {
  type: "conversation",
  conversationId: "",
  rev: 0,
  kind: "group",
  status: "active",
  settings: { typing: true, receipts: true },
  createdBy: "",
  createdAt: 0,
};

export function presumedSelf(conversationId: string, userId: string): ParticipantRecord {
  return {
    type: "participant",
    conversationId,
    userId,
    rev: 0,
    role: "owner",
    status: "active",
    joinedAt: 0,
  };
}

/** Numbers what is not confirmed: `apply` counts on from here, to 0. */
export const unnumbered = { conversationId: "", rev: -1, seq: -1 } as const;

export const noCounts: RecordCounts = { members: 0, owners: 0, pins: 0 };

/** Knows nothing that could stand against a message. */
export const blankRecords: Records = {
  head: unnumbered,
  conversation: presumedConversation,
  counts: noCounts,
  participant: () => undefined,
  message: () => undefined,
  receipt: () => undefined,
  hasReacted: () => false,
};
