import type { RadixMap } from "../base/radix-map.ts";
import { gapsIn, type Ranges, rangesSize } from "../base/ranges.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { Slot } from "./slot.ts";

/** What the backend counted at `rev`: `count` messages unread, above `readSeq` and up to `headSeq`. */
export interface UnreadBase {
  readonly rev: number;
  readonly readSeq: number;
  readonly headSeq: number;
  readonly count: number;
}

export interface UnreadFacts {
  /** Each weighs what `weighUnread` says. */
  readonly slots: RadixMap<Slot>;
  readonly known: Ranges;
  readonly headSeq: number;
  /** Older ones do not exist any more. */
  readonly floorSeq: number;
  readonly readSeq: number;
  readonly userId: string;
  readonly base: UnreadBase | undefined;
}

export function weighUnread({ authorId, deletedAt }: MessageRecord, userId: string): number {
  return authorId === userId || deletedAt !== undefined ? 0 : 1;
}

/**
 * How many messages of others, not deleted, lie above the watermark. Computed from what there is, so it cannot drift:
 * exact where the messages are known; elsewhere what the backend counted less those of them that are known by now; and
 * where nobody counted, every message.
 */
export function countUnread({ slots, known, headSeq, floorSeq, readSeq, userId, base }: UnreadFacts): number {
  const gapsAbove = (seq: number): number => rangesSize(gapsIn(known, Math.max(seq + 1, floorSeq), headSeq));
  if (readSeq >= headSeq) return 0;
  const exact = slots.below(headSeq + 1).weight - slots.below(readSeq + 1).weight;
  const unknown = gapsAbove(readSeq);
  if (!base || unknown === 0) return exact + unknown;
  const uncounted = gapsAbove(Math.max(readSeq, base.headSeq));
  let counted = base.count;
  const first = slots.below(base.readSeq + 1).size;
  for (const { message } of slots.slice(first, slots.below(base.headSeq + 1).size - first)) {
    const wasDeleted = message.deletedAt !== undefined && message.rev <= base.rev;
    if (message.authorId !== userId && !wasDeleted) counted -= 1;
  }
  return exact + uncounted + Math.min(Math.max(0, counted), unknown - uncounted);
}
