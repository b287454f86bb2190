import { expect } from "vitest";
import { createScope } from "../../src/base/observable.ts";
import { isIn } from "../../src/domain/standing.ts";
import type { Change } from "../../src/protocol/changes.ts";
import type { Command } from "../../src/protocol/commands.ts";
import { defaultPolicy } from "../../src/protocol/policy.ts";
import type { TimelineItem } from "../../src/timeline/item.ts";
import { createReplica, type Replica } from "../../src/timeline/replica.ts";
import { type Backend, type BareCommand, CONVERSATION, createBackend, keyOf, READER } from "./backend.ts";

/** A replica, its backend, and what is on its way between them. */
export interface Lab {
  readonly replica: Replica;
  readonly backend: Backend;
  /** Delivers in any order, any number of times, or never. */
  readonly inFlight: (() => void)[];
  /** Commands of this client, not answered yet, in the order given. */
  readonly pending: Command[];
  /** Ids of commands of which a change has arrived. */
  readonly heard: ReadonlySet<string>;
  /** Someone does something; those who are in will hear of it. */
  act(userId: string, command: BareCommand): void;
  /** This client does something. */
  give(command: BareCommand): Command;
  /** The backend takes the oldest command that it has not had yet. */
  take(): void;
  /** Whatever a sync layer would do until nothing is missing. */
  repair(pageSize?: number): void;
  loadAll(): void;
}

export interface LabOptions {
  readonly maxMessages?: number;
  readonly backend?: Backend;
  /** Told of messages that whoever keeps them has to keep anew. */
  readonly onUpdate?: (messageIds: readonly string[]) => void;
}

/** A repair that asks more often than this goes round in circles. */
const MOST_QUESTIONS = 500;

export function createLab({
  maxMessages = 1_000,
  backend = createBackend(),
  onUpdate = () => {},
}: LabOptions = {}): Lab {
  const scope = createScope((error) => {
    throw error;
  });
  const replica = createReplica({
    conversationId: CONVERSATION,
    userId: () => READER,
    ...{ scope, onUpdate },
    limits: () => defaultPolicy.limits,
    now: () => 5_000,
    maxMessages: () => maxMessages,
  });
  replica.acceptEpoch(backend.epoch); // as the welcome does
  const inFlight: (() => void)[] = [];
  const pending: Command[] = [];
  let taken = 0;

  const heard = new Set<string>();

  const hear = (change: Change): void => {
    heard.add(change.commandId);
    replica.acceptChange(change);
  };

  const settle = ({ commandId }: Command): void => {
    const index = pending.findIndex((command) => command.commandId === commandId);
    if (index < 0) return;
    pending.splice(index, 1);
    taken -= 1;
  };

  const answer = (command: Command): void => {
    const ack = backend.act(READER, command);
    settle(command);
    if (ack) replica.acceptAck(ack);
    else replica.unpend(command.commandId);
  };

  return {
    replica,
    backend,
    inFlight,
    pending,
    heard,
    act(userId, command) {
      const ack = backend.act(userId, command);
      const { receipt } = ack ?? {};
      for (const change of ack?.changes ?? []) inFlight.push(() => hear(change));
      if (receipt) inFlight.push(() => replica.acceptReceipt(receipt));
    },
    give(bare) {
      const command = backend.complete(bare);
      replica.pend(command);
      pending.push(command);
      return command;
    },
    take() {
      const command = pending[taken];
      if (!command) return;
      taken += 1;
      const ack = backend.act(READER, command);
      for (const change of ack?.changes ?? []) inFlight.push(() => hear(change));
      inFlight.push(() => answer(command)); // asked again it gets the same answer
    },
    repair(pageSize = 5) {
      replica.acceptHead(backend.head);
      for (const command of [...pending]) answer(command);
      replica.acceptHead(backend.head);
      for (let questions = 0; ; questions += 1) {
        if (questions > MOST_QUESTIONS) throw new Error("unable to repair; it never ends");
        const { holes, cursor, isStale } = replica;
        const { missing } = replica.view.get();
        const hole = holes.at(-1);
        if (!cursor || isStale) {
          replica.acceptSummary(backend.summary());
          replica.acceptHistory(backend.history({}, pageSize));
        } else if (missing) {
          replica.acceptChanges(backend.changes(missing.afterRev, pageSize), missing.afterRev);
        } else if (hole) replica.acceptHistory(backend.history({ after: hole.from - 1 }, pageSize));
        else break;
      }
      replica.acceptHistory(backend.history({}, pageSize)); // also tells what is not kept any more
      replica.acceptSummary(backend.summary());
      replica.acceptParticipants(backend.participants(), backend.head.rev);
      for (const receipt of backend.receipts()) replica.acceptReceipt(receipt);
    },
    loadAll() {
      while (replica.view.get().hasOlder) {
        const before = replica.known[0]?.from;
        replica.acceptHistory(backend.history(before === undefined ? {} : { before }, 7));
        if (replica.known[0]?.from === before) throw new Error("unable to load older; nothing comes");
      }
    },
  };
}

/** What must hold at any moment, whatever has arrived so far. */
export function expectSound(lab: Lab): void {
  const { replica, backend } = lab;
  const view = replica.view.get();
  const items = [...view.items];
  expectIndexed(replica, items);
  const tail = items.findIndex((item) => item.type === "message" && item.message.seq === 0);
  const confirmed = tail < 0 ? items : items.slice(0, tail);
  expectSequence(confirmed, replica);
  expectPending(tail < 0 ? [] : items.slice(tail), lab);
  expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
  expect(replica.unread.get()).toBeGreaterThanOrEqual(0);
  if (view.complete) expectTrue(replica, backend, confirmed);
}

function expectIndexed(replica: Replica, items: readonly TimelineItem[]): void {
  const list = replica.view.get().items;
  expect(list.length).toBe(items.length);
  // One assertion and not thousands, which would take all the time there is.
  const found = items.map((_, index) => list.at(index));
  const fromEnd = items.map((_, index) => list.slice(index - items.length)[0]);
  const indexes = items.map((item, index) => (item.type === "message" ? list.indexOf(item.key) : index));
  const isSame = items.every((item, index) => found[index] === item && fromEnd[index] === item);
  expect([isSame, indexes]).toEqual([true, [...items.keys()]]);
}

/** Nothing between the oldest and the head is left out silently (D4), nothing is out of order (D3). */
function expectSequence(items: readonly TimelineItem[], { view }: Replica): void {
  const { head, hasNewer } = view.get();
  const spans = items.map((item) =>
    item.type === "hole" ? [item.fromSeq, item.toSeq] : [item.message.seq, item.message.seq],
  );
  const next = (spans.at(-1)?.[1] ?? 0) + 1;
  const starts = spans.map(([from]) => from);
  expect(starts).toEqual(spans.map(([from], index) => (index > 0 ? (spans[index - 1]?.[1] ?? 0) + 1 : from)));
  if (items.length > 0) expect(next).toBe(head.seq + 1);
  expect(hasNewer).toBe(items.at(-1)?.type === "hole");
  expect(items[0]?.type).not.toBe("hole");
}

/** Each message given is shown at the end, in the order given, until it is known to be in its place (D2, D3). */
function expectPending(tail: readonly TimelineItem[], { replica, pending, heard }: Lab): void {
  const sends = pending.filter(
    ({ type, commandId: id }) => type === "message.send" && !heard.has(id) && !isPlaced(replica, id),
  );
  expect(tail.map(({ key }) => key)).toEqual(sends.map(({ commandId }) => commandId));
}

/** Where the view says it is complete, it shows what the backend had at its head, or something newer. */
function expectTrue(replica: Replica, backend: Backend, items: readonly TimelineItem[]): void {
  const { rev } = replica.view.get().head;
  expect(replica.cursor?.rev).toBeGreaterThanOrEqual(rev);
  for (const item of items) {
    if (item.type !== "message") throw new Error("unable to be complete; there is a hole");
    const { id } = item.message;
    const then = backend.recordAt(id, rev);
    if (!item.pending) {
      expect(item.message.rev).toBeGreaterThanOrEqual(then?.rev ?? Infinity);
      expect(item.message).toEqual(backend.recordAt(id, item.message.rev));
    }
  }
  for (const record of [replica.records.conversation, ...replica.members.get()]) {
    if (!record || record.rev <= 0) continue;
    expect(record.rev).toBeGreaterThanOrEqual(backend.recordAt(keyOf(record), rev)?.rev ?? Infinity);
  }
}

/** After a repair: everything from the oldest message on is as the backend has it. */
export function expectCurrent({ replica, backend }: Lab): void {
  const { items, complete, head } = replica.view.get();
  expect(complete).toBe(true);
  expect(head).toEqual(backend.head);
  const shown = [...items].map((item) => (item.type === "message" ? item.message : undefined));
  const first = shown[0]?.seq ?? head.seq + 1;
  const all = Array.from({ length: head.seq - first + 1 }, (_, index) => backend.messageAt(first + index));
  expect(shown).toEqual(all);
  for (const message of shown) {
    for (const { emoji } of message?.reactions ?? []) {
      const hasReacted = backend.hasReacted(message?.id ?? "", emoji);
      expect(replica.records.hasReacted(message?.id ?? "", READER, emoji)).toBe(hasReacted);
    }
  }
  expect(replica.conversation.get()).toEqual(backend.recordAt(CONVERSATION, Infinity));
  expect(new Set(replica.members.get())).toEqual(new Set(backend.participants().filter(isIn)));
  expect(replica.unread.get()).toBe(backend.summary().unread);
}

/** Is this message known to be in its place? */
export function isPlaced({ records }: Replica, messageId: string): boolean {
  return (records.message(messageId)?.seq ?? 0) > 0;
}
