import { RadixMap } from "../base/radix-map.ts";
import { addRange, type Ranges, removeRange } from "../base/ranges.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { Slot } from "./slot.ts";

/**
 * The confirmed messages of one conversation, and which sequences are known.
 *
 * Every record that arrives is kept, the higher rev wins. From the oldest held one on they are in `slots`, where the view
 * sees them. Older ones are set aside: the page that will bring them may have been read before they changed.
 */
export interface Messages {
  /** By sequence, weighed. */
  readonly slots: RadixMap<Slot>;
  /** The sequences of which we know what the backend has, be it nothing. Between these ranges are the holes. */
  readonly known: Ranges;
  seqOf(messageId: string): number | undefined;
  absorb(records: readonly MessageRecord[]): void;
  /** `records` are all there is from `from` to `to`. */
  absorbPage(from: number, to: number, records: readonly MessageRecord[]): void;
  /** The backend keeps nothing below `seq` any more. */
  prune(seq: number): void;
  /** Lets go of what did not change after `rev`; the rest waits aside for the page that comes next. */
  restart(rev: number): void;
  /** For another reader: other messages are their own, and unread. */
  reweigh(): void;
  clear(): void;
}

export interface MessagesOptions {
  readonly maxMessages: number;
  /** What a message adds to the number of unread ones. */
  readonly weigh: (message: MessageRecord) => number;
  /** Sequence of the newest message there is, as far as known. */
  readonly headSeq: () => number;
  /** A message came, changed, or is held no more. Called before the map shows it. */
  readonly onChange: (messageId: string) => void;
  /** What is known of this message is given up. */
  readonly onForget: (message: MessageRecord) => void;
}

/** Records older than the oldest held one that are kept. */
const MOST_ASIDE = 256;

export function createMessages(options: MessagesOptions): Messages {
  const { maxMessages, headSeq, onChange, onForget } = options;
  const noSlots = new RadixMap<Slot>(({ message }) => options.weigh(message));
  const seqs = new Map<string, number>();
  const aside = new Map<number, MessageRecord>();
  let slots = noSlots;
  let known: Ranges = [];
  /** The page loaded last lies above all others. */
  let isReadingUp = false;

  const oldest = (): number => known[0]?.from ?? headSeq();

  const setAside = (record: MessageRecord): void => {
    aside.delete(record.seq);
    aside.set(record.seq, record);
    for (const first of aside.values()) {
      if (aside.size <= MOST_ASIDE) return;
      aside.delete(first.seq);
      onForget(first);
    }
  };

  /** Takes back from aside what lies within, or joins at the old end. */
  const adopt = (): void => {
    if (aside.size === 0) return;
    const first = oldest();
    let from = known.length > 0 ? first : first + 1;
    while (aside.has(from - 1)) from -= 1;
    if (from > first) return;
    known = addRange(known, from, first);
    const within = [...aside.values()].filter(({ seq }) => seq >= from);
    for (const { seq } of within) aside.delete(seq);
    if (within.length > 0) absorb(within);
  };

  const dropOldest = (count: number): void => {
    if (count <= 0) return;
    const oldest = slots.slice(0, count);
    slots = slots.update((write) => {
      for (const { message } of oldest) {
        write(message.seq, undefined);
        known = removeRange(known, 0, message.seq);
        seqs.delete(message.id);
        onChange(message.id);
        onForget(message);
      }
    });
  };

  const absorb = (records: readonly MessageRecord[]): void => {
    slots = slots.update((write) => {
      for (const message of records) {
        const { id, seq } = message;
        // A backend that moves a message, or counts beyond 32 bits, is broken; it must not break us (D10).
        if (seq === 0 || seq >>> 0 !== seq || (seqs.get(id) ?? seq) !== seq) continue;
        const old = slots.get(seq)?.message ?? aside.get(seq);
        if (old && old.rev >= message.rev) continue;
        if (seq < oldest()) {
          setAside(message);
          continue;
        }
        if (old && old.id !== id) seqs.delete(old.id);
        seqs.set(id, seq);
        known = addRange(known, seq, seq);
        write(seq, { message, overlay: undefined, item: undefined });
        onChange(id);
      }
    });
    adopt();
    // Beyond the bound the oldest go; they come again when asked for. While someone reads upwards the oldest are the very
    // ones they look at: until a newer page is loaded, none goes before twice as many are held (D9).
    dropOldest(slots.size - maxMessages * (isReadingUp ? 2 : 1));
  };

  return {
    get slots() {
      return slots;
    },
    get known() {
      return known;
    },
    seqOf: (messageId) => seqs.get(messageId),
    absorb,
    absorbPage(from, to, records) {
      isReadingUp = from < (known[0]?.from ?? 0);
      known = addRange(known, from, to);
      absorb(records);
    },
    prune(seq) {
      dropOldest(slots.below(seq).size);
      known = removeRange(known, 0, seq - 1);
    },
    restart(rev) {
      const held = slots.slice(0, slots.size);
      slots = noSlots;
      known = [];
      seqs.clear();
      for (const { message } of held) {
        onChange(message.id);
        if (message.rev > rev) setAside(message);
        else onForget(message);
      }
    },
    reweigh() {
      const held = slots.slice(0, slots.size);
      slots = noSlots.update((write) => {
        for (const slot of held) write(slot.message.seq, { ...slot, item: undefined });
      });
    },
    clear() {
      slots = noSlots;
      known = [];
      seqs.clear();
      aside.clear();
    },
  };
}
