import { recount } from "../domain/counts.ts";
import type { RecordCounts } from "../domain/types.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import { noCounts } from "./presumed.ts";

/** The confirmed records of the conversation itself and of its participants. */
export interface People {
  readonly conversation: ConversationRecord | undefined;
  readonly participants: ReadonlyMap<string, ParticipantRecord>;
  /**
   * Guesses on the safe side: while there may be people not known here, there may be owners among them. Pins are not
   * counted, most messages being elsewhere.
   */
  readonly counts: RecordCounts;
  /** Keeps the higher rev; answers whether it was news. */
  accept(record: ConversationRecord | ParticipantRecord): boolean;
  /** The backend says how many are in. */
  expect(members: number): void;
  /** Lets go of everybody whose record did not change after `rev`. */
  restart(rev: number): void;
  clear(): void;
}

export function createPeople(): People {
  const participants = new Map<string, ParticipantRecord>();
  let conversation: ConversationRecord | undefined;
  let counts = noCounts;
  let expected = Infinity;

  return {
    get conversation() {
      return conversation;
    },
    participants,
    get counts() {
      return counts.members < expected ? { ...counts, owners: counts.owners + 2 } : counts;
    },
    accept(record) {
      const known = record.type === "conversation" ? conversation : participants.get(record.userId);
      if (known && known.rev >= record.rev) return false;
      if (record.type === "conversation") conversation = record;
      else {
        participants.set(record.userId, record);
        counts = recount(counts, known, record);
      }
      return true;
    },
    expect(members) {
      expected = members;
    },
    restart(rev) {
      counts = noCounts;
      for (const [userId, record] of participants) {
        if (record.rev <= rev) participants.delete(userId);
        else counts = recount(counts, undefined, record);
      }
    },
    clear() {
      participants.clear();
      conversation = undefined;
      counts = noCounts;
      expected = Infinity;
    },
  };
}
