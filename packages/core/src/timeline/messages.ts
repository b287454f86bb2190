import { RadixMap } from "../base/radix-map.ts";
import { addRange, type Ranges, removeRange } from "../base/ranges.ts";
import { unnamedMarks } from "../domain/poll.ts";
import type { MessageRecord } from "../protocol/records.ts";
import { type Slot, slotOf } from "./slot.ts";

/**
 * The confirmed messages of one conversation, and which sequences are known.
 *
 * Every record that arrives is kept, the higher rev wins. From the oldest held one on they are in `slots`, where the view
 * sees them. Older ones are set aside: the page that will bring them may have been read before they changed.
 */
export interface Messages {
  /** By sequence. */
  readonly slots: RadixMap<Slot>;
  /** The sequences of which we know what the backend has, be it nothing. Between these ranges are the holes. */
  readonly known: Ranges;
  /** The oldest sequence the backend still keeps. */
  readonly floorSeq: number;
  readonly seqOf: (messageId: string) => number | undefined;
  get(messageId: string): Slot | undefined;
  absorb(records: readonly MessageRecord[]): void;
  /** `records` are all there is from `from` to `to`. */
  absorbPage(from: number, to: number, records: readonly MessageRecord[]): void;
  /** What is older than `seq` goes, and does not come back. */
  prune(seq: number): void;
  /** Lets go of what did not change after `rev`; the rest waits aside for the page that comes next. */
  restart(rev: number): void;
}

export interface MessagesOptions {
  readonly maxMessages: () => number;
  readonly isUnread: (message: MessageRecord) => boolean;
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
  const { maxMessages, isUnread, headSeq, onChange, onForget } = options;
  const seqs = new Map<string, number>();
  const aside = new Map<number, MessageRecord>();
  let slots = new RadixMap<Slot>();
  let known: Ranges = [];
  let floorSeq = 1;
  /** The page loaded last lies above all others. */
  let isReadingUp = false;

  const oldest = (): number => known[0]?.from ?? headSeq();

  const setAside = (record: MessageRecord): void => {
    aside.delete(record.seq);
    aside.set(record.seq, record);
    for (const first of aside.values()) {
      if (aside.size <= MOST_ASIDE) break;
      forgetAside(first);
    }
  };

  const forgetAside = (record: MessageRecord): void => {
    aside.delete(record.seq);
    onForget(record);
  };

  /** It can be shown as it is: it has no marks of which only its page says whether they are one's own. */
  const isWhole = (record: MessageRecord | undefined): boolean =>
    record !== undefined && unnamedMarks(record).length === 0;

  /** Takes back from aside what lies within, or joins at the old end. */
  const adopt = (): void => {
    const first = oldest();
    let from = known[0] ? first : first + 1;
    while (isWhole(aside.get(from - 1))) from -= 1;
    if (from > first) return;
    known = addRange(known, from, first);
    const within = [...aside.values()].filter(({ seq }) => seq >= from);
    for (const { seq } of within) aside.delete(seq);
    if (within.length > 0) absorb(within);
  };

  const dropOldest = (count: number): void => {
    const oldestOnes = slots.slice(0, count);
    slots = slots.update((write) => {
      for (const { message } of oldestOnes) {
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
        if (seq < floorSeq || seq >>> 0 !== seq) continue;
        const held = slots.get(seq)?.message;
        if (held?.id !== id && (seqs.get(id) ?? seq) !== seq) continue;
        const old = held ?? aside.get(seq);
        if (old && old.rev >= message.rev) continue;
        if (seq < oldest()) {
          setAside(message);
          continue;
        }
        if (held?.id !== id) {
          if (held) seqs.delete(held.id);
          seqs.set(id, seq);
        }
        known = addRange(known, seq, seq);
        write(seq, slotOf(message, isUnread(message) ? 1 : 0));
        onChange(id);
      }
    });
    if (aside.size > 0) adopt();
    // Beyond the bound the oldest go; they come again when asked for. While someone reads upwards the oldest are the very
    // ones they look at: until a newer page is loaded, none goes before twice as many are held (D9).
    const excess = slots.size - maxMessages() * (isReadingUp ? 2 : 1);
    if (excess > 0) dropOldest(excess);
  };

  return {
    get slots() {
      return slots;
    },
    get known() {
      return known;
    },
    get floorSeq() {
      return floorSeq;
    },
    seqOf: (messageId) => seqs.get(messageId),
    get: (messageId) => slots.get(seqs.get(messageId) ?? 0),
    absorb,
    absorbPage(from, to, records) {
      isReadingUp = from < (known[0]?.from ?? 0);
      known = addRange(known, Math.max(from, floorSeq), to);
      absorb(records);
    },
    prune(seq) {
      floorSeq = Math.max(floorSeq, seq);
      dropOldest(slots.below(floorSeq).size);
      known = removeRange(known, 0, floorSeq - 1);
    },
    restart(rev) {
      const held = slots.slice(0, slots.size);
      slots = new RadixMap();
      known = [];
      seqs.clear();
      for (const record of aside.values()) if (record.rev <= rev) forgetAside(record);
      for (const { message } of held) {
        onChange(message.id);
        (message.rev > rev ? setAside : onForget)(message);
      }
    },
  };
}
