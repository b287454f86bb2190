import { tallied } from "../domain/poll.ts";
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
    hasReacted(messageId, id, mark) {
      const slot = slotOf(messageId);
      const isReader = id === userId();
      const shown = slot && tallied(slot.message, mark);
      const planned = isReader ? slot?.overlay?.reacted.get(mark) : undefined;
      if (planned !== undefined || !shown) return planned ?? false;
      const { userIds, count } = shown;
      return (
        userIds.includes(id) || (isReader && count > userIds.length && confirmed().facts.has(messageId, mark))
      );
    },
  };
}
