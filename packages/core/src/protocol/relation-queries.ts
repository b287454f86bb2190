import type { Head } from "./changes.ts";
import type { MessageRecord } from "./records.ts";
import type { OwnReactions, Paged, Within } from "./within.ts";

/** Messages by their ids: those of them that are in the conversation, in no order. */
export interface MessagesQuery extends Within {
  readonly type: "messages";
  readonly messageIds: readonly string[];
}

/** The newest messages of a thread, or those before a sequence (exclusive). */
export interface ThreadQuery extends Within {
  readonly type: "thread";
  /** Of the message it began with. */
  readonly threadId: string;
  readonly before?: number;
  /** How far the reader has read of it, as they have noted: then the answer says what is unread. */
  readonly readSeq?: number;
  readonly limit: number;
}

/** The pinned messages, those pinned last first. */
export interface PinsQuery extends Within {
  readonly type: "pins";
}

/** Everybody who chose one option of a poll; of an anonymous one, nobody. */
export interface VotersQuery extends Within, Paged {
  readonly type: "voters";
  readonly messageId: string;
  readonly option: number;
}

/** What is unread of a thread, wherever it stands. */
export interface ThreadUnread {
  /** What was asked with. */
  readonly readSeq: number;
  /** Messages of others above it, not deleted. */
  readonly count: number;
}

/** Messages of a thread in seq order, its first message apart. */
export interface ThreadPage {
  readonly epoch: string;
  /** Absent if it is kept no more. */
  readonly root?: MessageRecord;
  readonly messages: readonly MessageRecord[];
  /** There are more before these. */
  readonly hasOlder: boolean;
  /** How many there are in all, those that were deleted left out. */
  readonly replies: number;
  /** The first few who wrote in it. */
  readonly userIds: readonly string[];
  /** To who asked with `readSeq`. A backend that counts none leaves it out. */
  readonly unread?: ThreadUnread;
  readonly head: Head;
  readonly own: OwnReactions;
}
