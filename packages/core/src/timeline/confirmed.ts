import type { Change, Cursor, Head } from "../protocol/changes.ts";
import type { ChangesPage, ConversationSummary, HistoryPage, OwnReactions } from "../protocol/queries.ts";
import type { AnyRecord, MessageRecord } from "../protocol/records.ts";
import { createMessages, type Messages } from "./messages.ts";
import { createReactionFacts, type ReactionFacts } from "./own-reactions.ts";
import { createPeople, type People } from "./people.ts";
import { createRevisions, type MissingRevisions } from "./revisions.ts";
import { type UnreadBase, weighUnread } from "./unread.ts";
import { createWatermarks, type Watermarks } from "./watermarks.ts";

/** What the backend has said about a conversation; nothing optimistic is ever written here. */
export interface Confirmed {
  readonly messages: Messages;
  readonly people: People;
  readonly receipts: Watermarks;
  readonly facts: ReactionFacts;
  /** The newest there is, as far as known. The same object until it moves. */
  readonly head: Head;
  readonly cursor: Cursor | undefined;
  readonly missing: MissingRevisions | undefined;
  /** The oldest sequence the backend still keeps. */
  readonly floorSeq: number;
  readonly isStale: boolean;
  readonly unreadBase: UnreadBase | undefined;
  /** Answers whether everything was dropped. */
  acceptEpoch(epoch: string): boolean;
  acceptChange(change: Change): void;
  acceptChanges(page: ChangesPage, afterRev: number): void;
  acceptHistory(page: HistoryPage): void;
  acceptSummary(summary: ConversationSummary): void;
  restart(summary: ConversationSummary): void;
  acceptHead(head: Head): void;
  absorb(records: readonly AnyRecord[]): void;
}

export interface ConfirmedOptions {
  readonly conversationId: string;
  readonly userId: () => string;
  readonly maxMessages: number;
  /** A message came, changed or went. All of these are called before the new state can be read. */
  readonly onMessage: (messageId: string) => void;
  /** A participant, or the conversation itself, changed. */
  readonly onPeople: () => void;
  readonly onReceipt: () => void;
  /** Something about what is held, or what is missing, changed. */
  readonly onState: () => void;
}

export function createConfirmed(options: ConfirmedOptions): Confirmed {
  const { conversationId, userId, maxMessages, onMessage, onPeople, onReceipt, onState } = options;
  const people = createPeople();
  const receipts = createWatermarks(onReceipt);
  const facts = createReactionFacts();
  let revisions = createRevisions(onState);
  let epoch: string | undefined;
  let head: Head = { conversationId, rev: 0, seq: 0 };
  let floorSeq = 1;
  /** After a reset, until new ones come. */
  let areMessagesStale = false;
  let arePeopleStale = false;
  let unreadBase: UnreadBase | undefined;

  const messages = createMessages({
    maxMessages,
    weigh: (message) => weighUnread(message, userId()),
    headSeq: () => head.seq,
    onChange: onMessage,
    onForget(message) {
      revisions.forget(message.rev);
      facts.forget(message.id);
    },
  });

  const hear = (rev: number, seq: number): void => {
    if (rev <= head.rev && seq <= head.seq) return;
    head = { conversationId, rev: Math.max(rev, head.rev), seq: Math.max(seq, head.seq) };
    onState();
  };

  const absorb = (records: readonly AnyRecord[]): void => {
    const found: MessageRecord[] = [];
    let isNews = false;
    for (const record of records) {
      if (record.type === "message") found.push(record);
      else if (people.accept(record)) isNews = true;
    }
    messages.absorb(found);
    if (isNews) onPeople();
  };

  const noteOwn = (records: readonly AnyRecord[], own: OwnReactions, rev: number): void => {
    const ids = records.flatMap((record) => (record.type === "message" ? record.id : []));
    facts.notePage(ids, own, rev);
  };

  const acceptEpoch = (next: string): boolean => {
    const isAnother = epoch !== undefined && epoch !== next;
    epoch = next;
    if (!isAnother) return false;
    revisions = createRevisions(onState);
    head = { conversationId, rev: 0, seq: 0 };
    floorSeq = 1;
    areMessagesStale = arePeopleStale = false;
    unreadBase = undefined;
    for (const part of [messages, people, receipts, facts]) part.clear();
    onPeople();
    onState();
    return true;
  };

  const startOver = (): void => {
    revisions.reset();
    areMessagesStale = messages.known.length > 0;
    arePeopleStale = true;
    onPeople();
    onState();
  };

  const acceptSummary = (summary: ConversationSummary): void => {
    const {
      conversation,
      self,
      head: { rev, seq },
      memberCount,
      unread,
      lastMessage,
      receipt,
    } = summary;
    hear(rev, seq);
    revisions.snapshot(rev);
    people.expect(memberCount);
    if (arePeopleStale) people.restart(rev);
    arePeopleStale = false;
    absorb(lastMessage ? [conversation, self, lastMessage] : [conversation, self]);
    if (receipt) receipts.accept(receipt);
    if (!unreadBase || unreadBase.rev <= rev) {
      unreadBase = { rev, readSeq: receipt?.readSeq ?? 0, headSeq: seq, count: unread };
    }
    onState();
  };

  return {
    messages,
    people,
    receipts,
    facts,
    get head() {
      return head;
    },
    get cursor() {
      const rev = revisions.cursor;
      return epoch === undefined || rev === undefined ? undefined : { epoch, rev };
    },
    get missing() {
      return revisions.missing(head.rev);
    },
    get floorSeq() {
      return floorSeq;
    },
    get isStale() {
      return areMessagesStale || arePeopleStale;
    },
    get unreadBase() {
      return unreadBase;
    },
    acceptEpoch,
    absorb,
    acceptHead: ({ rev, seq }) => hear(rev, seq),
    acceptChange({ rev, kind, actorId, emoji, record }) {
      absorb([record]);
      revisions.see(rev, rev);
      // After it was taken in: what is newer than the newest known is held even where nothing else is.
      hear(rev, record.type === "message" ? record.seq : 0);
      if (emoji !== undefined && actorId === userId() && record.type === "message") {
        facts.note(record.id, emoji, kind === "message.react", rev);
      }
    },
    acceptChanges({ epoch: from, records, upTo, head: { rev, seq }, own, reset }, afterRev) {
      if (acceptEpoch(from)) return;
      hear(rev, seq);
      if (reset) {
        startOver();
        return;
      }
      absorb(records);
      noteOwn(records, own, rev);
      revisions.see(afterRev + 1, upTo);
    },
    acceptHistory({
      epoch: from,
      messages: records,
      fromSeq,
      toSeq,
      floorSeq: floor,
      head: { rev, seq },
      own,
    }) {
      acceptEpoch(from);
      hear(rev, seq);
      revisions.snapshot(rev);
      if (areMessagesStale) messages.restart(rev);
      areMessagesStale = false;
      floorSeq = Math.max(floorSeq, floor);
      messages.prune(floorSeq);
      if (toSeq > 0) messages.absorbPage(fromSeq, toSeq, records);
      noteOwn(records, own, rev);
      onState();
    },
    acceptSummary,
    restart(summary) {
      startOver();
      messages.restart(summary.head.rev);
      areMessagesStale = false;
      acceptSummary(summary);
    },
  };
}
