import type { RadixMap } from "../base/radix-map.ts";
import { rangeAt, type Ranges } from "../base/ranges.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { Slot } from "./slot.ts";

/** One entry of a timeline. The same object for as long as nothing about it changes. */
export type TimelineItem = MessageItem | HoleItem;

export interface MessageItem {
  readonly type: "message";
  /** The message's id; the same before and after it is confirmed. */
  readonly key: string;
  /** With one's own pending commands applied. `seq` and `rev` are 0 until the backend has answered. */
  readonly message: MessageRecord;
  /**
   * How far one's own message has got: `delivered` and `read` as soon as one other participant has it, or has read it
   * (`readersOf` says who). Messages of others are `sent`.
   */
  readonly status: DeliveryStatus;
  /** Written by the reader. */
  readonly own: boolean;
  /** A command on this message waits for its answer. */
  readonly pending: boolean;
  /** Why the message, or a change of it, was refused. */
  readonly error: MessagingError | undefined;
}

/** Messages that exist and are not here (yet). */
export interface HoleItem {
  readonly type: "hole";
  readonly key: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/**
 * What a timeline shows, oldest first: an immutable list that makes its items when they are asked for. Reading one costs
 * O(log n), each further one of a slice O(1).
 */
export interface TimelineItems extends Iterable<TimelineItem> {
  readonly length: number;
  at(index: number): TimelineItem | undefined;
  /** As an array's: negative numbers count from the end. */
  slice(from?: number, to?: number): readonly TimelineItem[];
  /** −1 if the message is not shown. */
  indexOf(messageId: string): number;
}

/** Everything a list is made of; immutable, but for the look-up by id. */
export interface TimelineState {
  /** Confirmed messages by sequence. */
  readonly slots: RadixMap<Slot>;
  /** Pending ones in the order of their commands. */
  readonly tail: RadixMap<Slot>;
  readonly known: Ranges;
  readonly headSeq: number;
  readonly reader: string;
  /** The furthest watermarks of others. */
  readonly delivered: number;
  readonly read: number;
  seqOf(messageId: string): number | undefined;
  holeItem(fromSeq: number, toSeq: number): HoleItem;
}

/** How many items an iterator makes at a time. */
const STRIDE = 64;

/**
 * An item's index is its rank among the messages plus the number of holes before it: there is one after each known range,
 * but for the last one if that reaches the head.
 */
export class ItemList implements TimelineItems {
  readonly length: number;
  readonly #state: TimelineState;
  readonly #holes: number;
  /** Where the tail begins. */
  readonly #end: number;

  constructor(state: TimelineState) {
    const { slots, tail, known, headSeq } = state;
    const newest = known[known.length - 1]?.to ?? headSeq;
    this.#state = state;
    this.#holes = Math.max(0, known.length - 1) + (newest < headSeq ? 1 : 0);
    this.#end = slots.size + this.#holes;
    this.length = this.#end + tail.size;
  }

  at(index: number): TimelineItem | undefined {
    return this.slice(index, index + 1 || this.length)[0];
  }

  slice(from = 0, to: number = this.length): readonly TimelineItem[] {
    const end = this.#end;
    const first = from < 0 ? Math.max(0, this.length + from) : from;
    const last = Math.min(this.length, to < 0 ? this.length + to : to);
    const confirmed = this.#confirmed(first, Math.min(last, end) - first);
    if (last <= Math.max(first, end)) return confirmed;
    const skip = Math.max(0, first - end);
    const pending = this.#state.tail.slice(skip, last - end - skip).map((slot) => itemOf(slot, this.#state));
    return confirmed.length > 0 ? [...confirmed, ...pending] : pending;
  }

  indexOf(messageId: string): number {
    const { slots, tail, known, seqOf } = this.#state;
    const seq = seqOf(messageId);
    if (seq !== undefined && slots.get(seq)?.message.id === messageId) {
      return slots.below(seq).size + rangeAt(known, seq);
    }
    const index = tail.slice(0, tail.size).findIndex(({ message }) => message.id === messageId);
    return index < 0 ? index : this.#end + index;
  }

  *[Symbol.iterator](): Generator<TimelineItem> {
    for (let index = 0; index < this.length; index += STRIDE) yield* this.slice(index, index + STRIDE);
  }

  #confirmed(first: number, count: number): readonly TimelineItem[] {
    if (count <= 0) return [];
    const state = this.#state;
    let range = this.#rangeOf(first);
    const slots = state.slots.slice(first - range, count);
    if (range >= this.#holes) return slots.map((slot) => itemOf(slot, state));
    const found: TimelineItem[] = [];
    for (const slot of slots) {
      range = this.#addHoles(found, range, slot.message.seq, count);
      if (found.length === count) return found;
      found.push(itemOf(slot, state));
    }
    this.#addHoles(found, range, Infinity, count);
    return found;
  }

  /** The holes after `range` that come before `seq`, up to `count` items; answers the range after them. */
  #addHoles(found: TimelineItem[], range: number, seq: number, count: number): number {
    const { known, headSeq, holeItem } = this.#state;
    let next = range;
    for (; next < this.#holes && found.length < count; next += 1) {
      const fromSeq = (known[next]?.to ?? 0) + 1;
      if (fromSeq > seq) return next;
      found.push(holeItem(fromSeq, (known[next + 1]?.from ?? headSeq + 1) - 1));
    }
    return next;
  }

  /** The last range that begins at `index` or before. */
  #rangeOf(index: number): number {
    const { slots, known } = this.#state;
    let low = 0;
    for (let high = known.length - 1; low < high;) {
      const middle = (low + high + 1) >>> 1;
      if (slots.below(known[middle]?.from ?? 0).size + middle <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function itemOf(slot: Slot, { reader, delivered, read }: TimelineState): MessageItem {
  const { item } = slot;
  if (item?.own === false) return item;
  const { message, overlay } = slot;
  const own = message.authorId === reader;
  const status = overlay?.status ?? (own ? statusOf(message.seq, delivered, read) : "sent");
  if (item?.status === status) return item;
  const { isPending: pending = false, error } = overlay ?? {};
  return (slot.item = { type: "message", key: message.id, message, status, own, pending, error });
}

function statusOf(seq: number, delivered: number, read: number): DeliveryStatus {
  if (seq <= read) return "read";
  return seq <= delivered ? "delivered" : "sent";
}
