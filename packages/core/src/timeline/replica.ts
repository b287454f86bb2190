import type { Observable, Scope } from "../base/observable.ts";
import { gapsIn, type Ranges } from "../base/ranges.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import { apply } from "../domain/apply.ts";
import { isIn } from "../domain/standing.ts";
import type { Records, Rejection } from "../domain/types.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Ack, Change, Cursor, Head } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import type { Limits } from "../protocol/policy.ts";
import type { ChangesPage, ConversationSummary, HistoryPage } from "../protocol/queries.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import { createConfirmed } from "./confirmed.ts";
import { createOverlay } from "./overlay.ts";
import type { MissingRevisions } from "./revisions.ts";
import { countUnread } from "./unread.ts";
import { createTimelineView, type TimelineView } from "./view.ts";

export interface ReplicaOptions {
  readonly conversationId: string;
  /** Whose client this is; empty while nobody has said. */
  readonly userId: () => string;
  readonly scope: Scope;
  readonly limits: () => Limits;
  /** Server time as far as the client can tell, ms. */
  readonly now: () => number;
  /** How many messages are held at most (D9); twice as many while somebody reads upwards. Default 100,000. */
  readonly maxMessages?: number;
}

/**
 * A client's copy of one conversation: what the backend has confirmed, with the commands it has not answered yet replayed
 * on top. It asks for nothing and waits for nothing: whoever owns it passes in what arrives, in any order and as often as
 * it comes, and fetches what `missing`, `holes` and `isStale` say is not here.
 *
 * Laws (each is named by the test that checks it):
 *   1  Whatever the order, repetition and bundling of what arrives, the same information gives the same view (D3).
 *   2  What was lost shows: as `missing` or as a hole, until it is fetched (D4).
 *   3  Pending commands never touch a confirmed record; without them it is as if they had never been (D6).
 *   4  A message is shown once: at the tail until it is confirmed, then in its place (D2).
 */
export interface Replica {
  readonly conversationId: string;
  readonly view: Observable<TimelineView>;
  /** Messages of others, not deleted, above the reader's watermark. */
  readonly unread: Observable<number>;
  /** Who is in, by the time they joined; only those this client has heard of. */
  readonly members: Observable<readonly ParticipantRecord[]>;
  readonly conversation: Observable<ConversationRecord | undefined>;
  readonly receipts: Observable<readonly Receipt[]>;
  /** All records as shown. */
  readonly records: Records;

  /** Everything up to here is in; `undefined` until a summary or page says where to count from, and after a reset. */
  readonly cursor: Cursor | undefined;
  /** What to ask for with `changes`; the first gap, if there are several. */
  readonly missing: MissingRevisions | undefined;
  /** Sequences of which the backend's answer is here; between the ranges are the holes. */
  readonly known: Ranges;
  /** Sequences after the oldest known that exist and are not here. */
  readonly holes: Ranges;
  /**
   * The backend could not say what changed, so what is shown is old. It goes when a history page and a summary have come;
   * participants are to be loaded again after that.
   */
  readonly isStale: boolean;

  /** What `welcome` says. Another epoch than before leaves nothing but the pending commands. */
  acceptEpoch(epoch: string): void;
  /** One change, pushed. */
  acceptChange(change: Change): void;
  acceptAck(ack: Ack): void;
  /** @param afterRev - what was asked for: a page says how far it goes, not where it begins. */
  acceptChanges(page: ChangesPage, afterRev: number): void;
  /**
   * Messages as they were at `page.head`. The first page or summary sets the cursor. A later one leaves it alone unless
   * it is older than what can be made good from memory: then the cursor goes back to it, and `missing` says so.
   */
  acceptHistory(page: HistoryPage): void;
  acceptSummary(summary: ConversationSummary): void;
  /**
   * Begins anew from a summary: cheaper than catching up where nobody looks. What did not change later is let go, other
   * participants included.
   */
  restart(summary: ConversationSummary): void;
  /** Asked for after the cursor was set; the pages have no revision of their own. */
  acceptParticipants(items: readonly ParticipantRecord[]): void;
  acceptReceipt(receipt: Receipt): void;
  acceptHead(head: Head): void;

  /** Shows what a command will do, from now until it is confirmed or `unpend` takes it back. */
  pend(command: Command): void;
  unpend(commandId: string): void;
  /** A command that failed has no effect any more, but a message stays in sight, with the error. */
  setDelivery(commandId: string, status: DeliveryStatus, error?: MessagingError): void;
  /** Why a command is bound to be refused, as far as a client can know. */
  refusalOf(command: Command): Rejection | undefined;
  /** Does the backend have this message, whether or not its ack arrived? */
  isConfirmed(messageId: string): boolean;
  /** The others who have read up to `seq`. */
  readersOf(seq: number): readonly string[];
}

const MOST_MESSAGES = 100_000;

export function createReplica(options: ReplicaOptions): Replica {
  const { conversationId, scope, limits, now, maxMessages = MOST_MESSAGES } = options;
  /** Confirmed records that changed; what is pending on them is to be replayed. */
  const changed = new Set<string>();
  let havePeopleChanged = false;
  let reader = options.userId();
  const userId = (): string => reader;

  const touchMessages = (): void => {
    view.invalidate();
    unread.invalidate();
  };

  const touchPeople = (): void => {
    members.invalidate();
    conversation.invalidate();
    unread.invalidate();
  };

  const confirmed = createConfirmed({
    conversationId,
    userId,
    maxMessages,
    onState: touchMessages,
    onMessage(messageId) {
      if (overlay.size > 0) changed.add(messageId);
      touchMessages();
    },
    onPeople() {
      havePeopleChanged = true;
      touchPeople();
    },
    onReceipt() {
      allReceipts.invalidate();
      touchMessages();
    },
  });
  const { messages, people, receipts, facts } = confirmed;
  const overlay = createOverlay({
    ...{ conversationId, userId, limits, messages, people, receipts, facts },
    head: () => confirmed.head,
    onMessage: touchMessages,
    onRest: touchPeople,
  });

  const view = scope.lazy(createTimelineView(confirmed, overlay, userId));
  const conversation = scope.lazy(() => overlay.conversation ?? people.conversation);
  const members = scope.lazy(() => sortedMembers(people.participants, overlay.participants));
  const allReceipts = scope.lazy(() => receipts.all);
  const unread = scope.lazy(() => {
    const { slots, known } = messages;
    const readSeq = Math.max(receipts.of(reader)?.readSeq ?? 0, overlay.readSeq);
    const { head, floorSeq, unreadBase: base } = confirmed;
    return countUnread({ slots, known, headSeq: head.seq, floorSeq, readSeq, userId: reader, base });
  });

  /** The reader may become known, or be another, at any time: what is theirs changes with them. */
  const identify = (): void => {
    if (reader === options.userId()) return;
    reader = options.userId();
    messages.reweigh();
    overlay.replayAll();
    touchMessages();
  };

  /** Lets things change, then replays what is pending on them; all of it is announced as one. */
  const update = (work: () => void): void =>
    scope.batch(() => {
      identify();
      work();
      if (havePeopleChanged) overlay.replayAll();
      havePeopleChanged = false;
      for (const messageId of changed) overlay.replay(messageId);
      changed.clear();
    });

  const acceptChange = (change: Change): void => {
    confirmed.acceptChange(change);
    overlay.unpend(change.commandId);
  };

  return {
    conversationId,
    view,
    unread,
    members,
    conversation,
    receipts: allReceipts,
    records: overlay.records,
    get cursor() {
      return confirmed.cursor;
    },
    get missing() {
      return confirmed.missing;
    },
    get known() {
      return messages.known;
    },
    get holes() {
      const { known } = messages;
      return known[0] ? gapsIn(known, known[0].from, confirmed.head.seq) : [];
    },
    get isStale() {
      return confirmed.isStale;
    },
    acceptEpoch: (epoch) => update(() => confirmed.acceptEpoch(epoch)),
    acceptChange: (change) => update(() => acceptChange(change)),
    acceptAck: ({ commandId, changes, receipt }) =>
      update(() => {
        changes.forEach(acceptChange);
        if (receipt) receipts.accept(receipt);
        overlay.unpend(commandId);
      }),
    acceptChanges: (page, afterRev) => update(() => confirmed.acceptChanges(page, afterRev)),
    acceptHistory: (page) => update(() => confirmed.acceptHistory(page)),
    acceptSummary: (summary) => update(() => confirmed.acceptSummary(summary)),
    restart: (summary) => update(() => confirmed.restart(summary)),
    acceptParticipants: (items) => update(() => confirmed.absorb(items)),
    acceptReceipt: (receipt) => update(() => receipts.accept(receipt)),
    acceptHead: (head) => update(() => confirmed.acceptHead(head)),
    pend: (command) => update(() => overlay.pend(command, now())),
    unpend: (commandId) => update(() => overlay.unpend(commandId)),
    setDelivery: (commandId, status, error) => update(() => overlay.setDelivery(commandId, status, error)),
    refusalOf(command) {
      const context = { actorId: reader, at: now(), limits: limits() };
      const applied = apply(overlay.recordsFor(command), command, context);
      // What is not found here may well exist: a client never holds everything.
      return applied.ok || applied.code.endsWith("/not-found") ? undefined : applied;
    },
    isConfirmed: (messageId) => messages.seqOf(messageId) !== undefined,
    readersOf: (seq) =>
      receipts.all.flatMap(({ userId: id, readSeq }) => (id !== reader && readSeq >= seq ? id : [])),
  };
}

function sortedMembers(
  ...layers: readonly ReadonlyMap<string, ParticipantRecord>[]
): readonly ParticipantRecord[] {
  const merged = new Map(layers.flatMap((layer) => [...layer]));
  return [...merged.values()]
    .filter(isIn)
    .sort((one, other) => one.joinedAt - other.joinedAt || (one.userId < other.userId ? -1 : 1));
}
