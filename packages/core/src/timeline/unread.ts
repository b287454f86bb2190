import { gapsIn, rangesSize } from "../base/ranges.ts";
import type { Confirmed } from "./confirmed.ts";

/**
 * How many messages of others, not deleted, lie above the watermark. Computed from what there is, so it cannot drift:
 * exact where the messages are known; elsewhere what the backend counted, less those of them that are known by now; and
 * where nobody counted, every message.
 */
export function countUnread(
  { messages, head, unreadBase: base }: Confirmed,
  readSeq: number,
  reader: string,
): number {
  const { slots, known, floorSeq } = messages;
  const gapsAbove = (seq: number): number => rangesSize(gapsIn(known, Math.max(seq + 1, floorSeq), head.seq));
  const unknown = gapsAbove(readSeq);
  let uncounted = unknown;
  let counted = 0;
  if (base && unknown > 0) {
    uncounted = gapsAbove(Math.max(readSeq, base.headSeq));
    const first = slots.below(base.readSeq + 1).size;
    counted = base.count;
    for (const { message } of slots.slice(first, slots.below(base.headSeq + 1).size - first)) {
      const wasDeleted = message.deletedAt !== undefined && message.rev <= base.rev;
      if (message.authorId !== reader && !wasDeleted) counted -= 1;
    }
  }
  const exact = slots.below(head.seq + 1).weight - slots.below(readSeq + 1).weight;
  return Math.max(0, exact) + uncounted + Math.min(Math.max(0, counted), unknown - uncounted);
}
