import type { Head } from "../protocol/changes.ts";
import type { Confirmed } from "./confirmed.ts";
import { type HoleItem, ItemList, type TimelineItems } from "./items.ts";
import type { PendingOverlay } from "./overlay.ts";
import type { MissingRevisions } from "./revisions.ts";

/** A conversation as it stands. Immutable. */
export interface TimelineView {
  readonly items: TimelineItems;
  /** The backend has messages before the oldest here. */
  readonly hasOlder: boolean;
  /** The backend has messages after the newest here. */
  readonly hasNewer: boolean;
  /** Nothing is missing from the oldest message here up to `head`. Otherwise a hole, or `missing`, says what. */
  readonly complete: boolean;
  /** Revisions that exist and did not arrive: what they changed may be out of date here. */
  readonly missing: MissingRevisions | undefined;
  readonly head: Head;
}

/** More than this many holes are never on show at once; beyond, an object may be made anew. */
const MOST_HOLES = 1_000;

/** Answers the view of the moment, each time it is called. */
export function createTimelineView(
  confirmed: Confirmed,
  overlay: PendingOverlay,
  userId: () => string,
): () => TimelineView {
  const kept = new Map<number, HoleItem>();

  const holeItem = (fromSeq: number, toSeq: number): HoleItem => {
    const known = kept.get(fromSeq);
    if (known?.toSeq === toSeq) return known;
    if (kept.size >= MOST_HOLES) kept.clear();
    const item: HoleItem = { type: "hole", key: `hole-${fromSeq}`, fromSeq, toSeq };
    kept.set(fromSeq, item);
    return item;
  };

  return () => {
    const { messages, receipts, head, floorSeq, missing, cursor, isStale } = confirmed;
    const { known, seqOf } = messages;
    const { slots, tail } = overlay;
    const reader = userId();
    const headSeq = head.seq;
    const { delivered, read } = receipts.othersThan(reader);
    const oldest = known[0]?.from ?? headSeq + 1;
    const newest = known[known.length - 1]?.to ?? headSeq;
    const isWhole = known.length > 0 ? known.length === 1 && newest >= headSeq : headSeq < floorSeq;
    return {
      items: new ItemList({ slots, tail, known, headSeq, reader, delivered, read, seqOf, holeItem }),
      hasOlder: oldest > floorSeq,
      hasNewer: newest < headSeq,
      complete: isWhole && cursor !== undefined && !missing && !isStale,
      missing,
      head,
    };
  };
}
