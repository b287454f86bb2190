import type { Observable, Scope } from "../base/observable.ts";
import { gapsIn, type Ranges } from "../base/ranges.ts";
import { plainly, type Reading } from "../compose/custom.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import type { Records, Rejection } from "../domain/types.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Ack, Change, Cursor, Head } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import type { Limits } from "../protocol/policy.ts";
import type { ChangesPage, ConversationSummary, HistoryPage } from "../protocol/queries.ts";
import type { NoteRecord } from "../protocol/notes.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import { type Confirmed, createConfirmed } from "./confirmed.ts";
import { createObservables, readSeqOf } from "./observables.ts";
import { createOverlay, type PendingOverlay } from "./overlay.ts";
import type { Shown, TimelineView } from "./view.ts";

export interface ReplicaOptions {
  readonly conversationId: string;
  /** Whose client this is; empty while nobody has said. */
  readonly userId: () => string;
  readonly scope: Scope;
  readonly limits: () => Limits;
  /** What the app sees of records. Default: them as they are. */
  readonly reading?: Reading;
  /** Server time as far as the client can tell, ms. */
  readonly now: () => number;
  /** How many messages are held at most (D9); twice as many while somebody reads upwards. Default 100,000. */
  readonly maxMessages?: () => number;
  /** What is confirmed has changed, these messages of it in any case. Called before anybody else is told. */
  readonly onUpdate?: (messageIds: readonly string[]) => void;
  /** What is shown may have changed. Called before anybody else is told. */
  readonly onShown?: () => void;
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
  /** The reader's watermark, with what is marked here and not confirmed yet. */
  readonly readSeq: number;
  /** Who is in, by the time they joined; only those this client has heard of. */
  readonly members: Observable<readonly ParticipantRecord[]>;
  readonly conversation: Observable<ConversationRecord | undefined>;
  readonly receipts: Observable<readonly Receipt[]>;
  /** Of a notebook: what stands in it. */
  readonly notes: Observable<readonly NoteRecord[]>;
  /** All records as shown. */
  readonly records: Records;

  /** Everything up to here is in; `undefined` until a summary or page says where to count from, and after a reset. */
  readonly cursor: Cursor | undefined;
  /** Sequences of which the backend's answer is here; between the ranges are the holes. */
  readonly known: Ranges;
  /** Sequences after the oldest known that exist and are not here. */
  readonly holes: Ranges;
  /**
   * The backend could not say what changed, so what is shown is old. It goes when a history page and a summary have come;
   * participants are to be loaded again after that.
   */
  readonly isStale: boolean;
  /** What the backend has said, for those who keep it. */
  confirmed(): Confirmed;
  /** Commands given here wait for their answer, or failed: they are nowhere else on show. */
  readonly hasPending: boolean;

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
  /** @param asOf - `records.head.rev` when they were asked for, as the page does not say how old it is. */
  acceptParticipants(items: readonly ParticipantRecord[], asOf: number): void;
  /** All there are. @param asOf - as of `acceptParticipants` */
  acceptNotes(items: readonly NoteRecord[], asOf: number): void;
  acceptReceipt(receipt: Receipt): void;
  acceptHead(head: Head): void;
  /**
   * The backend says that the reader is not in; how that came about it tells nobody who is not.
   *
   * @param asOf - as of `acceptParticipants`: whoever came back in since then stays in.
   * @returns whether they had been in at all, as far as known here.
   */
  acceptAbsence(asOf: number): boolean;
  /** As if the backend had said that it cannot tell what changed: cheaper than catching up where nobody looks. */
  reset(): void;

  /** Shows what a command will do, from now until it is confirmed or `unpend` takes it back. */
  pend(command: Command): void;
  unpend(commandId: string): void;
  /** A command that failed has no effect any more, but a message stays in sight, with the error. */
  setDelivery(commandId: string, status: DeliveryStatus, error?: MessagingError): void;
  /** Why a command is bound to be refused, as far as a client can know. */
  refusalOf(command: Command): Rejection | undefined;
  /** The others who have read up to `seq`. */
  readersOf(seq: number): readonly string[];
}

const mostMessages = (): number => 100_000;

export function createReplica(options: ReplicaOptions): Replica {
  const { conversationId, scope, limits, now, userId, onUpdate, onShown } = options;
  const { maxMessages = mostMessages, reading = plainly } = options;
  /** Confirmed messages that changed; what is pending on them is to be replayed. */
  let changed: string[] = [];
  let havePeopleChanged = false;
  let isTouched = false;
  let epoch: string | undefined;
  let reader = userId();

  const onChange = (messageId?: string): void => {
    if (messageId !== undefined) changed.push(messageId);
    view.invalidate();
    unread.invalidate();
  };

  const onPeople = (): void => {
    for (const each of [view, members, conversation, notes, unread]) each.invalidate();
  };

  const begin = (): Confirmed =>
    createConfirmed({
      ...{ conversationId, reader, maxMessages },
      onChange(messageId) {
        isTouched = true;
        onChange(messageId);
      },
      onPeople() {
        isTouched = havePeopleChanged = true;
        onPeople();
      },
      onReceipt() {
        isTouched = true;
        receipts.invalidate();
        onChange();
      },
    });
  let confirmed = begin();

  const overlay = createOverlay({
    ...{ limits, now, onPeople, onChange },
    confirmed: () => confirmed,
    userId: () => reader,
  });

  const shown = (): Shown => ({ confirmed, overlay, reader, reading });
  const { view, conversation, members, receipts, notes, unread } = createObservables(scope, shown);

  /** Nothing that is confirmed says anything about another epoch, nor may another reader see it (D8). */
  const startAnew = (): void => {
    confirmed = begin();
    isTouched = havePeopleChanged = true;
    onPeople();
    onChange();
    receipts.invalidate();
  };

  /** Answers whether it is another one. */
  const enter = (next: string): boolean => {
    const isAnother = epoch !== undefined && epoch !== next;
    epoch = next;
    if (isAnother) startAnew();
    return isAnother;
  };

  /** Lets things change, then replays what is pending on them; all of it is announced as one. */
  const update = (work: () => void): void =>
    scope.batch(() => {
      if (reader !== userId()) {
        reader = userId();
        startAnew();
      }
      work();
      if (havePeopleChanged) overlay.replayAll();
      havePeopleChanged = false;
      for (const messageId of changed) overlay.replay(messageId);
      if (isTouched) onUpdate?.(changed);
      isTouched = false;
      changed = [];
      onShown?.();
    });

  const acceptChange = (change: Change): void => {
    confirmed.acceptChange(change, overlay.find(change.commandId));
    overlay.unpend(change.commandId);
  };

  return {
    ...{ conversationId, view, unread, members, conversation, receipts, notes },
    records: overlay.records,
    get readSeq() {
      return readSeqOf(shown());
    },
    get cursor() {
      return cursorOf(confirmed, epoch);
    },
    get known() {
      return confirmed.messages.known;
    },
    get holes() {
      return holesOf(confirmed);
    },
    get isStale() {
      return confirmed.isStale;
    },
    confirmed: () => confirmed,
    get hasPending() {
      return overlay.size > 0;
    },
    acceptEpoch: (next) => update(() => enter(next)),
    acceptChange: (change) => update(() => acceptChange(change)),
    acceptAck: ({ commandId, changes, receipt }) =>
      update(() => {
        changes.forEach(acceptChange);
        if (receipt) confirmed.acceptReceipt(receipt);
        overlay.unpend(commandId);
      }),
    acceptChanges: (page, afterRev) =>
      update(() => {
        if (!enter(page.epoch)) confirmed.acceptChanges(page, afterRev);
      }),
    acceptHistory: (page) =>
      update(() => {
        enter(page.epoch);
        confirmed.acceptHistory(page);
      }),
    ...takingIn(() => confirmed, update),
    acceptAbsence(asOf) {
      let wasIn = false;
      update(() => void (wasIn = confirmed.acceptAbsence(asOf)));
      return wasIn;
    },
    reset: () => update(() => confirmed.revisions.reset()),
    ...pendingOf(overlay, update),
    readersOf: (seq) => readersOf(receipts.get(), seq, reader),
  };
}

function takingIn(
  confirmed: () => Confirmed,
  update: (work: () => void) => void,
): Pick<Replica, "acceptSummary" | "acceptParticipants" | "acceptNotes" | "acceptReceipt" | "acceptHead"> {
  return {
    acceptSummary: (summary) => update(() => confirmed().acceptSummary(summary)),
    acceptParticipants: (items, asOf) => update(() => confirmed().acceptParticipants(items, asOf)),
    acceptNotes: (items, asOf) => update(() => confirmed().acceptNotes(items, asOf)),
    acceptReceipt: (receipt) => update(() => confirmed().acceptReceipt(receipt)),
    acceptHead: (head) => update(() => confirmed().acceptHead(head)),
  };
}

function pendingOf(
  overlay: PendingOverlay,
  update: (work: () => void) => void,
): Pick<Replica, "pend" | "unpend" | "setDelivery" | "refusalOf"> {
  return {
    pend: (command) => update(() => overlay.pend(command)),
    unpend: (commandId) => update(() => overlay.unpend(commandId)),
    setDelivery: (commandId, status, error) => update(() => overlay.setDelivery(commandId, status, error)),
    refusalOf: (command) => overlay.refusalOf(command),
  };
}

function cursorOf({ revisions: { cursor: rev } }: Confirmed, epoch: string | undefined): Cursor | undefined {
  return epoch === undefined || rev === undefined ? undefined : { epoch, rev };
}

/** What is missing between the oldest message held and the head. */
function holesOf({ messages: { known }, head }: Confirmed): Ranges {
  return known[0] ? gapsIn(known, known[0].from, head.seq) : known;
}

function readersOf(receipts: readonly Receipt[], seq: number, reader: string): readonly string[] {
  return receipts
    .filter(({ userId, readSeq }) => userId !== reader && readSeq >= seq)
    .map(({ userId }) => userId);
}
