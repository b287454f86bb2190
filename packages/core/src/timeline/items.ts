import type { JsonObject } from "../base/json.ts";
import type { RadixMap } from "../base/radix-map.ts";
import { isSameList } from "../base/same-list.ts";
import type { Watermark } from "../domain/watermark.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { HoleItem, MessageItem, TimelineItem } from "./item.ts";
import type { Slot } from "./slot.ts";

/**
 * What a timeline shows, oldest first: an immutable list that makes its items when they are asked for. Reading one costs
 * O(log n), each further one of a slice O(1).
 */
export interface TimelineItems<Custom = JsonObject> extends Iterable<TimelineItem<Custom>> {
  readonly length: number;
  at(index: number): TimelineItem<Custom> | undefined;
  /** As an array's: negative numbers count from the end. The same array if asked for the same again. */
  slice(from?: number, to?: number): readonly TimelineItem<Custom>[];
  /** −1 if the message is not shown. */
  indexOf(messageId: string): number;
}

/** Everything a list is made of; immutable, but for the look-up by id. */
export interface TimelineState {
  /** By sequence. */
  readonly slots: RadixMap<Slot>;
  /** Oldest first, and few: each stands where the first message it stands for would be. */
  readonly holes: readonly HoleItem[];
  /** What is not confirmed, in the order of its commands. */
  readonly tail: RadixMap<Slot>;
  readonly reader: string;
  /** The furthest watermarks of others. */
  readonly others: Watermark;
  readonly seqOf: (messageId: string) => number | undefined;
  /** A message as the app reads it. */
  readonly read: (message: MessageRecord) => MessageRecord;
}

export class ItemList implements TimelineItems {
  readonly length: number;
  readonly #state: TimelineState;
  /** A screen asks for the same stretch again and again. */
  #last: { readonly from: number; readonly to: number; readonly items: readonly TimelineItem[] } | undefined;

  constructor(state: TimelineState) {
    this.#state = state;
    this.length = state.slots.size + state.holes.length + state.tail.size;
  }

  get holes(): readonly HoleItem[] {
    return this.#state.holes;
  }

  /** Would nobody see a difference? */
  isSame(other: ItemList): boolean {
    const { slots, holes, tail, reader, others } = other.#state;
    const state = this.#state;
    return (
      slots === state.slots &&
      isSameList(holes, state.holes) &&
      tail === state.tail &&
      reader === state.reader &&
      others.deliveredSeq === state.others.deliveredSeq &&
      others.readSeq === state.others.readSeq
    );
  }

  at(index: number): TimelineItem | undefined {
    return this.slice(index, index + 1 || this.length)[0];
  }

  slice(from = 0, to: number = this.length): readonly TimelineItem[] {
    if (this.#last?.from !== from || this.#last.to !== to) {
      this.#last = { from, to, items: this.#made(from, to) };
    }
    return this.#last.items;
  }

  indexOf(messageId: string): number {
    const { slots, holes, tail, seqOf } = this.#state;
    const seq = seqOf(messageId) ?? 0;
    if (slots.get(seq)?.message.id === messageId) {
      return slots.below(seq).size + holes.filter(({ fromSeq }) => fromSeq < seq).length;
    }
    const index = tail.slice(0, tail.size).findIndex(({ message }) => message.id === messageId);
    return index < 0 ? index : slots.size + holes.length + index;
  }

  #made(from: number, to: number): readonly TimelineItem[] {
    const state = this.#state;
    const { slots, holes, tail } = state;
    const { length } = this;
    const first = from < 0 ? Math.max(0, length + from) : from;
    const count = Math.max(0, Math.min(length, to < 0 ? length + to : to) - first);
    const make = (slot: Slot): MessageItem => itemOf(slot, state);
    // So many holes may stand before it; they are told by their sequences, which is cheaper than counting messages.
    const start = Math.min(slots.size, Math.max(0, first - holes.length));
    const found = slots.map(start, first + count - start, make);
    const oldest = start > 0 ? (found[0]?.message.seq ?? Infinity) : 0;
    const before = holes.filter(({ fromSeq }) => fromSeq < oldest).length;
    const placed = before < holes.length ? mixed(found, holes.slice(before)) : found;
    const skipped = first - start - before;
    const items = skipped === 0 && placed.length === count ? placed : placed.slice(skipped, skipped + count);
    if (items.length === count) return items;
    const rest = tail.slice(Math.max(0, first - slots.size - holes.length), count - items.length);
    return [...items, ...rest.map(make)];
  }

  [Symbol.iterator](): Iterator<TimelineItem> {
    return this.slice()[Symbol.iterator]();
  }
}

/** Both by sequence. */
function mixed(messages: readonly MessageItem[], holes: readonly HoleItem[]): readonly TimelineItem[] {
  const items: TimelineItem[] = [];
  let next = 0;
  for (const item of messages) {
    for (let hole = holes[next]; hole && hole.fromSeq < item.message.seq; hole = holes[++next])
      items.push(hole);
    items.push(item);
  }
  return [...items, ...holes.slice(next)];
}

function itemOf(slot: Slot, { reader, others, read }: TimelineState): MessageItem {
  const { item, overlay } = slot;
  if (item?.own === false) return item;
  const message = read(slot.message);
  const { seq, id: key, authorId } = message;
  const own = authorId === reader;
  const reached = seq <= others.readSeq ? "read" : seq <= others.deliveredSeq ? "delivered" : "sent";
  const status = overlay?.status ?? (own ? reached : "sent");
  if (item?.status === status) return item;
  const { pending = false, error } = overlay ?? {};
  return (slot.item = { type: "message", key, message, status, own, pending, error });
}
