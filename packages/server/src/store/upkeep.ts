import { type ConversationRecord, type MessageRecord, optionOf } from "@tidings/core/protocol";
import { SYSTEM } from "../system-actor.ts";
import type { KeptPage } from "./kept.ts";
import type { StoredConversation } from "./rows.ts";

/**
 * Which messages are kept, beside what each conversation says itself: whichever keeps less counts. What is not kept is
 * deleted for good, the oldest first, so that history stays unbroken.
 */
export interface Retention {
  /** Server time, ms. */
  readonly now: number;
  /** Messages sent before this are not kept, server time in ms. */
  readonly before: number;
  /** The newest so many of each conversation are; `Infinity` for all. */
  readonly newest: number;
  /** That a message was sent is remembered if it was since then, so that it is not taken again (D2). */
  readonly rememberedSince: number;
}

/** What a store does now and then, a bounded amount at a time, so that it never holds up commits for long. */
export interface Upkeep {
  /**
   * Deletes messages of some conversations.
   *
   * @param after - `next` of the call before.
   * @returns `next` until every conversation was looked at.
   */
  prune(retention: Retention, after?: string): Promise<Pruned>;
  /** Some of what a person left, as the commands that take it back; none when there is no more. */
  traces(userId: string): Promise<readonly Trace[]>;
  /**
   * Deletes for good what a person left that no command takes back: earlier texts, watermarks, answers, and whatever
   * `traces` still finds. In the audit log a pseudonym takes their place.
   */
  forget(userId: string, at: number): Promise<void>;
  /**
   * Deletes for good what was said in a conversation, by whom it was heard, and who was in it. Its id stays taken, and
   * that there was something of that id.
   *
   * @returns how many messages it deleted; to be called until there are none.
   */
  forgetConversation(conversationId: string): Promise<number>;
  /**
   * What is kept of a person, a page at a time: all that `traces` and `forget` would take back, so nothing of whoever
   * was erased.
   *
   * @param after - `next` of the call before.
   */
  kept(userId: string, after?: string): Promise<KeptPage>;
}

export type Trace =
  | { readonly type: "message.delete"; readonly conversationId: string; readonly messageId: string }
  | {
      readonly type: "message.unreact";
      readonly conversationId: string;
      readonly messageId: string;
      readonly emoji: string;
    }
  | {
      readonly type: "poll.vote";
      readonly conversationId: string;
      readonly messageId: string;
      readonly choices: readonly [];
    }
  | { readonly type: "participant.leave"; readonly conversationId: string };

/** What takes back a mark on a message: of a vote, all of it. */
export function traceOfMark({
  emoji,
  ...where
}: {
  readonly conversationId: string;
  readonly messageId: string;
  readonly emoji: string;
}): Trace {
  return optionOf(emoji) === undefined
    ? { type: "message.unreact", ...where, emoji }
    : { type: "poll.vote", ...where, choices: [] };
}

export interface Pruned {
  readonly removed: number;
  /** Conversations whose records do not say yet (`floorSeq`) that their oldest messages are gone. */
  readonly floors: readonly Floor[];
  readonly next?: string;
}

/** The oldest message that is kept; the next there will be, where none is. */
export interface Floor {
  readonly conversationId: string;
  readonly floorSeq: number;
}

/** Traces given in one call. */
export const TRACES_AT_ONCE = 200;

/** A message as it is once it says nothing any more. */
export function erased(message: MessageRecord, at: number): MessageRecord {
  const { custom: _custom, origin: _origin, tally: _tally, moderated: _moderated, ...said } = message;
  const { pinnedAt: _pinnedAt, pinnedBy: _pinnedBy, ...kept } = said;
  return { ...kept, content: { text: "" }, reactions: [], deletedAt: at, deletedBy: SYSTEM };
}

/** A conversation as it is once nothing is left of it. */
export function emptied(record: ConversationRecord): ConversationRecord {
  const { name: _name, description: _description, custom: _custom, ...kept } = record;
  return { ...kept, status: "deleted", settings: { typing: false, receipts: false }, createdBy: SYSTEM };
}

/** Conversations looked at in one call, and messages deleted of one of them. */
export const CONVERSATIONS_AT_ONCE = 100;
export const MESSAGES_AT_ONCE = 1_000;

interface Oldest {
  readonly seq: number;
  readonly created_at: number;
}

/** Does the server itself keep everything? Then only conversations that do not have to be looked at. */
export function keepsAll({ before, newest }: Retention): boolean {
  return before === 0 && newest === Infinity;
}

/** What is kept of one conversation. */
export function retentionOf({ settings }: ConversationRecord, retention: Retention): Retention {
  const { maxAgeMs = Infinity, maxMessages = Infinity } = settings.retention ?? {};
  return {
    ...retention,
    before: Math.max(0, retention.before, retention.now - maxAgeMs),
    newest: Math.min(retention.newest, maxMessages),
  };
}

/** What a conversation's record has to say by now; undefined if it does. @param oldest - the sequence of the oldest message there is. */
export function floorOf({ record, head }: StoredConversation, oldest: number | undefined): Floor | undefined {
  const floorSeq = oldest ?? head.seq + 1;
  return floorSeq > (record.floorSeq ?? 1) ? { conversationId: head.conversationId, floorSeq } : undefined;
}

/** Up to which sequence `oldest`, in their order, are not kept; 0 if all are. */
export function prunedTo(oldest: readonly Oldest[], headSeq: number, { before, newest }: Retention): number {
  const kept = oldest.findIndex(({ seq, created_at: at }) => at >= before && seq > headSeq - newest);
  return (kept === -1 ? oldest : oldest.slice(0, kept)).at(-1)?.seq ?? 0;
}
