import type { Range, Ranges } from "../base/ranges.ts";
import type { Head } from "../protocol/changes.ts";
import type { Confirmed } from "./confirmed.ts";
import type { HoleItem } from "./item.ts";
import { ItemList, type TimelineItems } from "./items.ts";
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
  /** The reader is not in it: it does not exist, or they left or were removed. A backend does not say which. */
  readonly absent: boolean;
}

/** As a replica makes it, so that it can tell whether anything has changed. */
export interface ReplicaView extends TimelineView {
  readonly items: ItemList;
}

export function viewOf(confirmed: Confirmed, overlay: PendingOverlay, reader: string): ReplicaView {
  const { messages, revisions, others, head, isStale, isAbsent: absent } = confirmed;
  const { known, floorSeq, seqOf } = messages;
  const oldest = known[0]?.from ?? head.seq + 1;
  const newest = known[known.length - 1]?.to ?? head.seq;
  const hasOlder = oldest > floorSeq;
  const hasNewer = newest < head.seq;
  const missing = revisions.missing(head.rev);
  // In one piece up to the head; or there is nothing to hold.
  const isWhole = known.length > 0 ? known.length === 1 && !hasNewer : !hasOlder;
  const complete = isWhole && revisions.cursor !== undefined && !missing && !isStale;
  const { slots, tail } = overlay;
  const items = new ItemList({ slots, holes: holesIn(known, head.seq), tail, reader, others, seqOf });
  return { items, hasOlder, hasNewer, complete, missing, head, absent };
}

/** By the range it follows: a hole is the same object for as long as it is the same. */
const holes = new WeakMap<Range, HoleItem>();

/** What is missing above each range, oldest first. */
export function holesIn(known: Ranges, headSeq: number): readonly HoleItem[] {
  return known.flatMap((range, index) => {
    const fromSeq = range.to + 1;
    const toSeq = (known[index + 1]?.from ?? headSeq + 1) - 1;
    if (toSeq < fromSeq) return [];
    let hole = holes.get(range);
    if (hole?.toSeq !== toSeq) {
      hole = { type: "hole", key: `hole-${fromSeq}`, fromSeq, toSeq };
      holes.set(range, hole);
    }
    return hole;
  });
}

/** Would nobody see a difference? */
export function isSameView(one: ReplicaView, other: ReplicaView): boolean {
  return (
    one.items.isSame(other.items) &&
    one.hasOlder === other.hasOlder &&
    one.hasNewer === other.hasNewer &&
    one.complete === other.complete &&
    one.missing?.afterRev === other.missing?.afterRev &&
    one.missing?.upTo === other.missing?.upTo &&
    one.head === other.head &&
    one.absent === other.absent
  );
}
