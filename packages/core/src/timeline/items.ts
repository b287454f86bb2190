import type { RadixMap } from "../base/radix-map.ts";
import type { MessageItem, TimelineItem } from "./item.ts";
import type { HoleSlot, Slot } from "./slot.ts";

/**
 * What a timeline shows, oldest first: an immutable list that makes its items when they are asked for. Reading one costs
 * O(log n), each further one of a slice O(1).
 */
export interface TimelineItems extends Iterable<TimelineItem> {
  readonly length: number;
  at(index: number): TimelineItem | undefined;
  /** As an array's: negative numbers count from the end. The same array if asked for the same again. */
  slice(from?: number, to?: number): readonly TimelineItem[];
  /** −1 if the message is not shown. */
  indexOf(messageId: string): number;
}

/** Everything a list is made of; immutable, but for the look-up by id. */
export interface TimelineState {
  /** By sequence; a hole at its first one. */
  readonly slots: Pick<RadixMap<Slot | HoleSlot>, "size" | "get" | "below" | "slice">;
  /** What is not confirmed, in the order of its commands. */
  readonly tail: RadixMap<Slot>;
  readonly reader: string;
  /** The furthest watermarks of others. */
  readonly others: { readonly deliveredSeq: number; readonly readSeq: number };
  readonly seqOf: (messageId: string) => number | undefined;
}

export class ItemList implements TimelineItems {
  readonly length: number;
  readonly #state: TimelineState;
  /** A screen asks for the same stretch again and again. */
  #last: { readonly from: number; readonly to: number; readonly items: readonly TimelineItem[] } | undefined;

  constructor(state: TimelineState) {
    this.#state = state;
    this.length = state.slots.size + state.tail.size;
  }

  /** Would nobody see a difference? */
  isSame(other: ItemList): boolean {
    const { slots, tail, reader, others } = other.#state;
    const state = this.#state;
    return (
      slots === state.slots &&
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
    const { slots, tail, seqOf } = this.#state;
    const seq = seqOf(messageId) ?? 0;
    if (slots.get(seq)?.message?.id === messageId) return slots.below(seq).size;
    const index = tail.slice(0, tail.size).findIndex(({ message }) => message.id === messageId);
    return index < 0 ? index : slots.size + index;
  }

  #made(from: number, to: number): readonly TimelineItem[] {
    const state = this.#state;
    const { slots, tail } = state;
    const { length } = this;
    const first = from < 0 ? Math.max(0, length + from) : from;
    const count = Math.min(length, to < 0 ? length + to : to) - first;
    const placed = slots.slice(first, count).map((slot) => (slot.message ? itemOf(slot, state) : slot.item));
    if (placed.length >= count) return placed;
    const rest = tail.slice(Math.max(0, first - slots.size), count - placed.length);
    return [...placed, ...rest.map((slot) => itemOf(slot, state))];
  }

  [Symbol.iterator](): Iterator<TimelineItem> {
    return this.slice()[Symbol.iterator]();
  }
}

function itemOf(slot: Slot, { reader, others }: TimelineState): MessageItem {
  const { item, message, overlay } = slot;
  if (item?.own === false) return item;
  const { seq, id: key, authorId } = message;
  const own = authorId === reader;
  const reached = seq <= others.readSeq ? "read" : seq <= others.deliveredSeq ? "delivered" : "sent";
  const status = overlay?.status ?? (own ? reached : "sent");
  if (item?.status === status) return item;
  const { pending = false, error } = overlay ?? {};
  return (slot.item = { type: "message", key, message, status, own, pending, error });
}
