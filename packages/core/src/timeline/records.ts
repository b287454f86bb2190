import type { Records } from "../domain/types.ts";
import type { Head } from "../protocol/changes.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import type { ReactionFacts } from "./own-reactions.ts";
import type { People } from "./people.ts";
import { presumedConversation, presumedSelf } from "./presumed.ts";
import type { Slot } from "./slot.ts";
import type { Watermarks } from "./watermarks.ts";

/** Confirmed records, and what pending commands make of them. */
export interface RecordSources {
  readonly conversationId: string;
  readonly userId: () => string;
  readonly people: People;
  readonly receipts: Watermarks;
  readonly facts: ReactionFacts;
  readonly slotOf: (messageId: string) => Slot | undefined;
  readonly conversation: () => ConversationRecord | undefined;
  readonly participants: ReadonlyMap<string, ParticipantRecord>;
}

/**
 * The records as shown, in the form `apply` reads.
 *
 * @param presuming - take the conversation and the reader's own place in it for granted while they are not known.
 */
export function createRecords(sources: RecordSources, head: () => Head, presuming: boolean): Records {
  const { conversationId, userId, people, receipts, facts, slotOf, participants } = sources;
  const presumed = (id: string): ParticipantRecord | undefined =>
    presuming && id === userId() ? presumedSelf(conversationId, id) : undefined;
  return {
    get head() {
      return head();
    },
    get counts() {
      return people.counts;
    },
    get conversation() {
      return sources.conversation() ?? people.conversation ?? (presuming ? presumedConversation : undefined);
    },
    participant: (id) => participants.get(id) ?? people.participants.get(id) ?? presumed(id),
    receipt: receipts.of,
    message: (messageId) => slotOf(messageId)?.message,
    hasReacted(messageId, id, emoji) {
      const slot = slotOf(messageId);
      const planned = id === userId() ? slot?.overlay?.reacted.get(emoji) : undefined;
      const reaction = slot?.message.reactions.find((each) => each.emoji === emoji);
      if (planned !== undefined || !reaction) return planned ?? false;
      const { userIds, count } = reaction;
      return (
        userIds.includes(id) || (count > userIds.length && id === userId() && facts.has(messageId, emoji))
      );
    },
  };
}
