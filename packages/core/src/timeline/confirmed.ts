import { isIn } from "../domain/standing.ts";
import { highest, isAbove, nowhere, type Watermark } from "../domain/watermark.ts";
import type { Change, Head } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import type { ChangesPage, ConversationSummary, HistoryPage } from "../protocol/queries.ts";
import { isNotebook, type NoteRecord } from "../protocol/notes.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type { AnyRecord, ConversationRecord, MessageRecord, ParticipantRecord } from "../protocol/records.ts";
import { createMessages, type Messages } from "./messages.ts";
import { createNotes, type Notes } from "./notes.ts";
import { createReactionFacts, type ReactionFacts } from "./own-reactions.ts";
import { createRevisions, type Revisions } from "./revisions.ts";

/** What the backend counted at `rev`: `count` messages unread, above `readSeq` and up to `headSeq`. */
export interface UnreadBase {
  readonly rev: number;
  readonly readSeq: number;
  readonly headSeq: number;
  readonly count: number;
}

/** What the backend has said about a conversation in one epoch; nothing optimistic is ever written here. */
export interface Confirmed {
  readonly messages: Messages;
  readonly revisions: Revisions;
  readonly facts: ReactionFacts;
  readonly conversation: ConversationRecord | undefined;
  readonly participants: ReadonlyMap<string, ParticipantRecord>;
  readonly receipts: ReadonlyMap<string, Receipt>;
  readonly notes: Notes;
  /** It is a notebook, and not all that stands in it is here. */
  readonly lacksNotes: boolean;
  /** The furthest watermarks of others: kept, not searched for, so that a receipt costs O(1). */
  readonly others: Watermark;
  /** The newest there is, as far as known. */
  readonly head: Head;
  readonly isStale: boolean;
  readonly isAbsent: boolean;
  readonly unreadBase: UnreadBase | undefined;
  /** @param given - the command behind it, where this client gave it: it says what an anonymous vote was for. */
  acceptChange(change: Change, given?: Command): void;
  acceptChanges(page: ChangesPage, afterRev: number): void;
  acceptHistory(page: HistoryPage): void;
  acceptSummary(summary: ConversationSummary): void;
  acceptParticipants(items: readonly ParticipantRecord[], asOf: number): void;
  acceptNotes(items: readonly NoteRecord[], asOf: number): void;
  acceptReceipt(receipt: Receipt): void;
  acceptHead(head: Head): void;
  acceptAbsence(asOf: number): boolean;
}

export interface ConfirmedOptions {
  readonly conversationId: string;
  readonly reader: string;
  readonly maxMessages: () => number;
  /** Something changed; a message, if one is named. All of these are called before the new state can be read. */
  readonly onChange: (messageId?: string) => void;
  /** A participant, or the conversation itself, changed. */
  readonly onPeople: () => void;
  readonly onReceipt: () => void;
}

/**
 * Nobody does so much while an answer is on its way: a head so far beyond what the backend itself calls its newest was
 * made up, and whoever believed it would miss for ever what never was (D9).
 */
const IMPLAUSIBLE = 10_000;

export function createConfirmed(options: ConfirmedOptions): Confirmed {
  const { conversationId, reader, maxMessages, onChange, onPeople, onReceipt } = options;
  const revisions = createRevisions(onChange);
  const facts = createReactionFacts(onChange);
  const participants = new Map<string, ParticipantRecord>();
  const receipts = new Map<string, Receipt>();
  const notes = createNotes();
  let conversation: ConversationRecord | undefined;
  let head: Head = { conversationId, rev: 0, seq: 0 };
  let others = nowhere;
  let unreadBase: UnreadBase | undefined;
  let arePeopleStale = false;
  let isUnknown = false;

  const onForget = ({ rev }: AnyRecord): void => revisions.forget(rev);
  const messages = createMessages({
    ...{ maxMessages, onChange, onForget },
    isUnread: ({ authorId, deletedAt }) => authorId !== reader && deletedAt === undefined,
    headSeq: () => head.seq,
  });

  const raise = (rev: number, seq: number): void => {
    if (rev <= head.rev && seq <= head.seq) return;
    head = { conversationId, rev: Math.max(rev, head.rev), seq: Math.max(seq, head.seq) };
    onChange();
  };

  /** What the backend calls its newest. */
  const acceptHead = (newest: Head): void => {
    if (Math.max(head.rev - newest.rev, head.seq - newest.seq) > IMPLAUSIBLE) {
      head = newest;
      messages.restart(Infinity);
      revisions.reset();
    } else raise(newest.rev, newest.seq);
  };

  const absorb = (records: readonly AnyRecord[]): readonly MessageRecord[] => {
    const found: MessageRecord[] = [];
    for (const record of records) {
      if (record.type === "message") found.push(record);
      else if (record.type === "conversation") {
        if (record.rev <= (conversation?.rev ?? 0)) continue;
        conversation = record;
        messages.prune(record.floorSeq ?? 0);
      } else if (record.type === "note") notes.absorb(record);
      else if (record.rev > (participants.get(record.userId)?.rev ?? 0))
        participants.set(record.userId, record);
    }
    if (found.length < records.length) onPeople();
    messages.absorb(found);
    return found;
  };

  /**
   * What the cursor covers is here already, or is not held; coming late it could only bring back what was, where newer
   * changes were skipped by beginning anew.
   */
  const absorbNews = (records: readonly AnyRecord[]): readonly MessageRecord[] => {
    const { cursor = 0 } = revisions;
    return absorb(records.filter(({ rev }) => rev > cursor));
  };

  /**
   * Records arrive as of `rev`. If they are what revisions are counted from, whatever is here already may have changed
   * unseen up to then: it goes, the participants once a summary says who the reader is.
   */
  const begin = (rev: number): void => {
    if (revisions.cursor === undefined) {
      messages.restart(rev);
      notes.restart();
      arePeopleStale = conversation !== undefined || participants.size > 0;
    }
    revisions.snapshot(rev);
    onChange();
  };

  const acceptReceipt = (receipt: Receipt): void => {
    const known = receipts.get(receipt.userId);
    if (known && !isAbove(receipt, known)) return;
    const at = Math.max(known?.at ?? 0, receipt.at);
    const next = { ...receipt, ...highest(known ?? nowhere, receipt), at };
    receipts.set(receipt.userId, next);
    if (receipt.userId !== reader) others = highest(others, next);
    onReceipt();
  };

  return {
    ...{ messages, revisions, facts, participants, receipts, notes, acceptHead, acceptReceipt },
    get conversation() {
      return conversation;
    },
    get others() {
      return others;
    },
    get head() {
      return head;
    },
    get isStale() {
      return arePeopleStale || (revisions.cursor === undefined && messages.known.length > 0);
    },
    get lacksNotes() {
      return isNotebook(conversationId) && !notes.isWhole;
    },
    get isAbsent() {
      const self = participants.get(reader);
      return self ? !isIn(self) : isUnknown;
    },
    get unreadBase() {
      return unreadBase;
    },
    acceptChange({ rev, kind, actorId, emoji, choices, record }, given) {
      const [news] = absorbNews([record]);
      revisions.see(rev, rev);
      // An answer that is given again: what it changed has been changed since.
      if (record.rev > rev) revisions.see(record.rev, record.rev);
      // After it was taken in: what is newer than the newest known is held even where nothing else is.
      raise(record.rev, news?.seq ?? 0);
      const message = news ?? heldAt(messages, record);
      if (!message) return;
      if (given?.type === "poll.vote") facts.noteVote(message, given.choices, rev);
      else if (actorId === reader) {
        if (emoji !== undefined) facts.note(message.id, emoji, kind === "message.react", rev);
        if (choices) facts.noteVote(message, choices, rev);
      }
    },
    acceptChanges({ records, upTo, head: newest, own, reset }, afterRev) {
      acceptHead(newest);
      if (reset) revisions.reset();
      else {
        facts.noteAll(absorbNews(records), own, newest.rev);
        revisions.see(afterRev + 1, upTo);
      }
    },
    acceptHistory({ messages: records, fromSeq, toSeq, floorSeq, head: newest, own }) {
      acceptHead(newest);
      begin(newest.rev);
      messages.prune(floorSeq);
      if (toSeq > 0) messages.absorbPage(fromSeq, toSeq, records);
      facts.noteAll(records, own, newest.rev);
    },
    acceptSummary({ conversation: record, self, head: newest, unread: count, lastMessage, receipt }) {
      const { rev, seq: headSeq } = newest;
      acceptHead(newest);
      begin(rev);
      for (const person of arePeopleStale ? participants.values() : []) {
        if (person.rev > rev) continue;
        participants.delete(person.userId);
        onForget(person);
      }
      arePeopleStale = false;
      absorb([record, self, ...(lastMessage ? [lastMessage] : [])]);
      if (receipt) acceptReceipt(receipt);
      if (rev >= (unreadBase?.rev ?? 0)) unreadBase = { rev, headSeq, readSeq: receipt?.readSeq ?? 0, count };
    },
    acceptAbsence(asOf) {
      const self = participants.get(reader);
      isUnknown = !self;
      if (self && isIn(self) && self.rev <= asOf) participants.set(reader, { ...self, status: "removed" });
      onPeople();
      return !isUnknown;
    },
    acceptParticipants(items, asOf) {
      if (revisions.cursor !== undefined) revisions.snapshot(asOf);
      absorb(items);
    },
    acceptNotes(items, asOf) {
      if (revisions.cursor === undefined) return; // they are asked for again
      notes.replace(items, asOf);
      onPeople();
    },
  };
}

/** It came before, perhaps without whose doing it was and what for, as what is repaired does. */
function heldAt(messages: Messages, record: AnyRecord): MessageRecord | undefined {
  const held = record.type === "message" ? messages.get(record.id)?.message : undefined;
  return held && held.rev >= record.rev ? held : undefined;
}
