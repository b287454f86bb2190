import type { OwnReactions } from "../protocol/queries.ts";

/**
 * Which reactions are the reader's own, for messages whose records have more reactions than names. Each fact carries
 * the revision it was learned at; the higher one wins.
 */
export interface ReactionFacts {
  has(messageId: string, emoji: string): boolean;
  note(messageId: string, emoji: string, isPresent: boolean, rev: number): void;
  /** A page says all there is to say, as of `rev`, about the messages in it. */
  notePage(messageIds: readonly string[], own: OwnReactions, rev: number): void;
  forget(messageId: string): void;
  clear(): void;
}

export function createReactionFacts(): ReactionFacts {
  /** Positive revisions: present; negative: taken back. */
  const facts = new Map<string, Map<string, number>>();

  const note = (messageId: string, emoji: string, isPresent: boolean, rev: number): void => {
    let known = facts.get(messageId);
    if (!known) facts.set(messageId, (known = new Map()));
    if (Math.abs(known.get(emoji) ?? 0) <= rev) known.set(emoji, isPresent ? rev : -rev);
  };

  return {
    note,
    has: (messageId, emoji) => (facts.get(messageId)?.get(emoji) ?? 0) > 0,
    notePage(messageIds, own, rev) {
      for (const messageId of messageIds) {
        for (const emoji of facts.get(messageId)?.keys() ?? []) note(messageId, emoji, false, rev);
        for (const emoji of own[messageId] ?? []) note(messageId, emoji, true, rev);
      }
    },
    forget: (messageId) => void facts.delete(messageId),
    clear: () => facts.clear(),
  };
}
