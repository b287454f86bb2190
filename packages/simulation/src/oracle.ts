import type { Client, Conversation, TimelineItem } from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";
import type { DeliveryLog } from "./delivery-log.ts";
import { byUser, type History } from "./history.ts";
import { orderFaults, type TimelineWatch } from "./timeline-watch.ts";

/** What the oracle looks at: a client and what was seen of it. */
export interface Witness {
  readonly userId: string;
  readonly client: Client;
  readonly room: Conversation;
  readonly delivery: DeliveryLog;
  readonly watch: TimelineWatch;
}

/** Has this client nothing more to do, and everything up to the backend's head? */
export function isAtRest({ client, room }: Witness, { head }: Pick<History, "head">): boolean {
  const view = room.timeline.get();
  return client.outbox.get().waiting === 0 && view.complete && view.head.rev === head.rev;
}

/** Loads what was never loaded, so that all of it can be compared. Gives up where that makes no progress. */
export async function loadAll({ room: { timeline, members } }: Witness): Promise<void> {
  const hasHole = (): boolean => [...timeline.get().items].some(({ type }) => type === "hole");
  const gaps = [
    { isOpen: hasHole, fill: () => timeline.loadNewer() },
    { isOpen: () => timeline.get().hasOlder, fill: () => timeline.loadOlder() },
  ];
  for (const { isOpen, fill } of gaps) {
    for (let before: unknown; isOpen() && before !== timeline.get();) {
      before = timeline.get();
      await fill();
    }
  }
  await members.load();
}

/**
 * What is wrong with a client at rest, all of whose messages are loaded: it must show exactly what the backend holds
 * (D2, D3, D4), have nothing pending that did not fail visibly (D6), and never have shown anything impossible (D5).
 */
export function* faultsOf(witness: Witness, truth: History, isResumed = false): Generator<string> {
  const { client, room, delivery, watch } = witness;
  const { items, missing, complete } = room.timeline.get();
  yield* orderFaults([...items]);
  if (missing || !complete) yield `it is not complete: ${JSON.stringify(missing)}`;
  yield* differences(confirmedOf([...items]), truth.messages);
  yield* unsettled(client, [...items]);
  if (!isSame(room.record.get(), truth.conversation)) yield "its conversation record differs";
  const people = byUser(room.members.get());
  const present = truth.participants.filter(({ status }) => status === "active" || status === "muted");
  if (!isSame(people, present)) {
    yield `its members differ: ${JSON.stringify(people)} instead of ${JSON.stringify(present)}`;
  }
  yield* receiptFaults(witness, truth, isResumed);
  yield* delivery.violations;
  yield* watch.violations;
}

function confirmedOf(items: readonly TimelineItem[]): MessageRecord[] {
  return items.flatMap((item) => (item.type === "message" && item.message.seq > 0 ? item.message : []));
}

function* differences(shown: readonly MessageRecord[], held: readonly MessageRecord[]): Generator<string> {
  if (shown.length !== held.length) yield `it shows ${shown.length} messages of ${held.length}`;
  for (const [index, message] of held.entries()) {
    const here = shown[index];
    if (isSame(here, message)) continue;
    yield `at ${index} it shows ${JSON.stringify(here)} instead of ${JSON.stringify(message)}`;
    return; // what follows is mostly the same, moved by one
  }
}

/**
 * D5: nobody is shown further than they are. Watermarks are not numbered, so one that was lost is not missed before the
 * next resume; after one (`isResumed`) all are as the backend has them, and with them the count of unread messages.
 */
function* receiptFaults({ room, userId }: Witness, truth: History, isResumed: boolean): Generator<string> {
  const { receipts, messages } = truth;
  for (const { userId: who, deliveredSeq, readSeq } of receipts) {
    const shown = room.receipts.get().find((receipt) => receipt.userId === who);
    const here = [shown?.deliveredSeq ?? 0, shown?.readSeq ?? 0] as const;
    const isBehind = here[0] < deliveredSeq || here[1] < readSeq;
    if (here[0] <= deliveredSeq && here[1] <= readSeq && !(isResumed && isBehind)) continue;
    yield `it has ${who} at ${here.join("/")} instead of ${deliveredSeq}/${readSeq}`;
  }
  if (!isResumed) return;
  const readSeq = receipts.find((receipt) => receipt.userId === userId)?.readSeq ?? 0;
  const isUnread = ({ seq, authorId, deletedAt }: MessageRecord): boolean =>
    seq > readSeq && authorId !== userId && deletedAt === undefined;
  const unread = messages.filter(isUnread).length;
  if (room.unread.get() !== unread) yield `it counts ${room.unread.get()} unread instead of ${unread}`;
}

/** Whatever is not confirmed must have failed, and must be in the outbox for the person to retry or drop. */
function* unsettled(client: Client, items: readonly TimelineItem[]): Generator<string> {
  const { entries, waiting } = client.outbox.get();
  if (waiting > 0) yield `${waiting} commands still wait`;
  const failed = new Set(
    entries.filter(({ status }) => status === "failed").map(({ command }) => command.commandId),
  );
  for (const item of items) {
    if (item.type !== "message") continue;
    const isPending = item.message.seq === 0;
    if (isPending && !(item.status === "failed" && item.error && failed.has(item.key))) {
      yield `${item.key} is neither confirmed nor visibly failed, but ${item.status}`;
    }
    if (!isPending && item.pending) yield `${item.key} still looks pending`;
  }
}

/** By content; a property that is undefined counts as absent, as it does on the wire. */
function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
