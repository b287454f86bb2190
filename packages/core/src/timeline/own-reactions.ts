import type { OwnReactions } from "../protocol/within.ts";
import type { MessageRecord } from "../protocol/records.ts";

/**
 * Which reactions are the reader's own, for records with more reactions than names. Each fact carries the revision it was
 * learned at; the higher one wins.
 */
export interface ReactionFacts {
  has(messageId: string, emoji: string): boolean;
  note(messageId: string, emoji: string, isPresent: boolean, rev: number): void;
  /** `own` says all there is to say about these messages as of `rev`. */
  noteAll(messages: readonly MessageRecord[], own: OwnReactions, rev: number): void;
}

/** Beyond it all are forgotten; then only the backend knows (D9). */
const MOST_FACTS = 10_000;

export function createReactionFacts(): ReactionFacts {
  /** Positive revisions: present; negative: taken back. */
  const facts = new Map<string, number>();

  const note: ReactionFacts["note"] = (messageId, emoji, isPresent, rev) => {
    const key = messageId + emoji;
    if (Math.abs(facts.get(key) ?? 0) > rev) return;
    if (facts.size >= MOST_FACTS) facts.clear();
    facts.set(key, isPresent ? rev : -rev);
  };

  return {
    note,
    has: (messageId, emoji) => (facts.get(messageId + emoji) ?? 0) > 0,
    noteAll(messages, own, rev) {
      for (const { id, reactions } of messages) {
        for (const { emoji, count, userIds } of reactions) {
          if (count > userIds.length) note(id, emoji, own[id]?.includes(emoji) ?? false, rev);
        }
      }
    },
  };
}
