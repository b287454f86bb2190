import { isIn } from "../domain/standing.ts";
import type { Records } from "../domain/types.ts";
import type { Head } from "../protocol/changes.ts";
import type { NoteRecord } from "../protocol/notes.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import type { Confirmed } from "./confirmed.ts";
import type { Slot } from "./slot.ts";

/** Confirmed records, and what pending commands make of them. */
export interface RecordSources {
  readonly confirmed: () => Confirmed;
  readonly userId: () => string;
  readonly slotOf: (messageId: string) => Slot | undefined;
  readonly conversation: () => ConversationRecord | undefined;
  readonly participants: ReadonlyMap<string, ParticipantRecord>;
  readonly notes: ReadonlyMap<string, NoteRecord>;
}

/** The records as shown, in the form `apply` reads. */
export function createRecords(sources: RecordSources, head: () => Head): Records {
  const { confirmed, userId, slotOf, participants, notes } = sources;
  return {
    get head() {
      return head();
    },
    /** Those known. There may always be an owner this client has not heard of; pins are for the backend to count. */
    get counts() {
      const members = [...confirmed().participants.values()].filter(isIn).length;
      return { members, owners: 2, pins: 0 };
    },
    get conversation() {
      return sources.conversation() ?? confirmed().conversation;
    },
    participant: (id) => participants.get(id) ?? confirmed().participants.get(id),
    receipt: (id) => confirmed().receipts.get(id),
    note: (noteId) => notes.get(noteId) ?? confirmed().notes.byId.get(noteId),
    message: (messageId) => slotOf(messageId)?.message,
    hasReacted(messageId, id, emoji) {
      const slot = slotOf(messageId);
      const isReader = id === userId();
      const reaction = slot?.message.reactions.find((each) => each.emoji === emoji);
      const planned = isReader ? slot?.overlay?.reacted.get(emoji) : undefined;
      if (planned !== undefined || !reaction) return planned ?? false;
      const { userIds, count } = reaction;
      return (
        userIds.includes(id) ||
        (isReader && count > userIds.length && confirmed().facts.has(messageId, emoji))
      );
    },
  };
}
