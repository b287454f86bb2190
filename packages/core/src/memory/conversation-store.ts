import { recount } from "../domain/counts.ts";
import type { Accepted, RecordCounts, Records } from "../domain/types.ts";
import { type NoteRecord, noteIdOf } from "../protocol/notes.ts";
import type { Head } from "../protocol/changes.ts";
import { optionMark } from "../protocol/polls.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type {
  AnyRecord,
  ConversationRecord,
  MessageRecord,
  MessageVersion,
  ParticipantRecord,
} from "../protocol/records.ts";

/** One conversation of the in-memory backend: its records as they are now, found by id, by seq and by latest rev. */
export class ConversationStore implements Records {
  head: Head;
  conversation: ConversationRecord | undefined;
  counts: RecordCounts = { members: 0, owners: 0, pins: 0 };
  /** Grows with each commit in any conversation: the order of the list. */
  activity = 0;
  /** Catch-up from below this revision is no longer possible. */
  floorRev = 0;
  /** The oldest message still kept. */
  floorSeq = 1;
  #people = new Map<string, ParticipantRecord>();
  #messages = new Map<string, MessageRecord>();
  #receipts = new Map<string, Receipt>();
  #notes = new Map<string, NoteRecord>();
  #versions = new Map<string, readonly MessageVersion[]>();
  /** Who reacted, by message id and emoji (`reactionKey`). */
  #reactors = new Map<string, Set<string>>();
  /** Index is `seq - 1`; empty below `floorSeq`. */
  #bySeq: (MessageRecord | undefined)[] = [];
  /** Index is `rev - 1`; empty where the record has changed again since. */
  #byRev: (AnyRecord | undefined)[] = [];

  readonly file: Records["file"];

  constructor(conversationId: string, file?: Records["file"]) {
    this.file = file;
    this.head = Object.freeze({ conversationId, rev: 0, seq: 0 });
  }

  /** As it is now, to be put back later. Records are immutable, so only what holds them is copied. */
  copy(file?: Records["file"]): ConversationStore {
    const copy = new ConversationStore(this.head.conversationId, file);
    const { head, conversation, counts, activity, floorRev, floorSeq } = this;
    Object.assign(copy, { head, conversation, counts, activity, floorRev, floorSeq });
    copy.#people = new Map(this.#people);
    copy.#messages = new Map(this.#messages);
    copy.#receipts = new Map(this.#receipts);
    copy.#notes = new Map(this.#notes);
    copy.#versions = new Map(this.#versions);
    copy.#reactors = new Map([...this.#reactors].map(([key, users]) => [key, new Set(users)]));
    copy.#bySeq = [...this.#bySeq];
    copy.#byRev = [...this.#byRev];
    return copy;
  }

  participant(userId: string): ParticipantRecord | undefined {
    return this.#people.get(userId);
  }

  participants(): Iterable<ParticipantRecord> {
    return this.#people.values();
  }

  message(messageId: string): MessageRecord | undefined {
    return this.#messages.get(messageId);
  }

  messages(): readonly MessageRecord[] {
    return this.#bySeq.filter((message) => message !== undefined);
  }

  messageAt(seq: number): MessageRecord | undefined {
    return this.#bySeq[seq - 1];
  }

  receipt(userId: string): Receipt | undefined {
    return this.#receipts.get(userId);
  }

  receipts(): Iterable<Receipt> {
    return this.#receipts.values();
  }

  note(noteId: string): NoteRecord | undefined {
    return this.#notes.get(noteId);
  }

  notes(): Iterable<NoteRecord> {
    return this.#notes.values();
  }

  hasReacted(messageId: string, userId: string, emoji: string): boolean {
    return this.#reactors.get(reactionKey(messageId, emoji))?.has(userId) === true;
  }

  reactors(messageId: string, emoji: string): Iterable<string> {
    return this.#reactors.get(reactionKey(messageId, emoji)) ?? [];
  }

  versions(messageId: string): readonly MessageVersion[] {
    return this.#versions.get(messageId) ?? [];
  }

  /** The record whose latest change is `rev`, if there is one. */
  changedAt(rev: number): AnyRecord | undefined {
    return this.#byRev[rev - 1];
  }

  commit({ changes, receipt, reactions = [], replaced }: Accepted): void {
    for (const { record } of changes) this.#put(record);
    if (receipt) this.#receipts.set(receipt.userId, receipt);
    if (replaced) {
      this.#versions.set(replaced.messageId, [...this.versions(replaced.messageId), replaced]);
    }
    for (const { messageId, emoji, userId, present } of reactions) {
      const key = reactionKey(messageId, emoji);
      const users = this.#reactors.get(key) ?? new Set();
      if (present) users.add(userId);
      else users.delete(userId);
      this.#reactors.set(key, users);
    }
  }

  /** Gives up the messages below `floorSeq`, and catch-up from before now: what retention does to an old conversation. */
  prune(floorSeq: number): void {
    this.floorRev = this.head.rev;
    this.#drop(floorSeq);
  }

  #drop(floorSeq: number): void {
    for (let seq = this.floorSeq; seq < floorSeq; seq += 1) {
      const message = this.messageAt(seq);
      if (!message) continue;
      this.#messages.delete(message.id);
      this.#versions.delete(message.id);
      this.#dropReactors(message);
      this.#bySeq[seq - 1] = undefined;
      this.#byRev[message.rev - 1] = undefined;
      if (message.pinnedAt !== undefined) this.counts = { ...this.counts, pins: this.counts.pins - 1 };
    }
    this.floorSeq = Math.max(this.floorSeq, floorSeq);
  }

  #put(record: AnyRecord): void {
    const before = this.#replace(record);
    if (before) this.#byRev[before.rev - 1] = undefined;
    this.#byRev[record.rev - 1] = record;
    this.counts = recount(this.counts, before, record);
    const { conversationId, seq } = this.head;
    const newest = record.type === "message" ? Math.max(seq, record.seq) : seq;
    this.head = Object.freeze({ conversationId, rev: record.rev, seq: newest });
  }

  #replace(record: AnyRecord): AnyRecord | undefined {
    if (record.type === "conversation") {
      const before = this.conversation;
      this.conversation = record;
      this.#drop(record.floorSeq ?? 0);
      return before;
    }
    if (record.type === "participant") {
      const before = this.#people.get(record.userId);
      this.#people.set(record.userId, record);
      return before;
    }
    if (record.type === "note") {
      const id = noteIdOf(record.subject);
      const before = this.#notes.get(id);
      this.#notes.set(id, record);
      return before;
    }
    const before = this.#messages.get(record.id);
    this.#messages.set(record.id, record);
    this.#bySeq[record.seq - 1] = record;
    if (before && record.deletedAt !== undefined) this.#dropReactors(before);
    return before;
  }

  #dropReactors({ id, reactions, tally }: MessageRecord): void {
    for (const { emoji } of reactions) this.#reactors.delete(reactionKey(id, emoji));
    tally?.results.forEach((_, option) => this.#reactors.delete(reactionKey(id, optionMark(option))));
  }
}

/** Ids of messages are all of one length, so no two pairs share a key. */
function reactionKey(messageId: string, emoji: string): string {
  return messageId + emoji;
}
