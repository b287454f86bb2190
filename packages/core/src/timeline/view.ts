import type { JsonObject } from "../base/json.ts";
import type { Ranges } from "../base/ranges.ts";
import type { Reading } from "../compose/custom.ts";
import type { Head } from "../protocol/changes.ts";
import type { Confirmed } from "./confirmed.ts";
import type { HoleItem } from "./item.ts";
import { ItemList, type TimelineItems } from "./items.ts";
import type { PendingOverlay } from "./overlay.ts";
import type { MissingRevisions } from "./revisions.ts";

/** A conversation as it stands. Immutable. */
export interface TimelineView<Custom = JsonObject> {
  readonly items: TimelineItems<Custom>;
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

/** What there is to be seen, by whom, and how. */
export interface Shown {
  readonly confirmed: Confirmed;
  readonly overlay: PendingOverlay;
  readonly reader: string;
  readonly reading: Reading;
}

/** @param before - the view before this one. */
export function viewOf({ confirmed, overlay, reader, reading }: Shown, before?: ReplicaView): ReplicaView {
  const { messages, revisions, others, head, isStale, lacksNotes, isAbsent: absent } = confirmed;
  const { known, floorSeq, seqOf } = messages;
  const oldest = known[0]?.from ?? head.seq + 1;
  const newest = known[known.length - 1]?.to ?? head.seq;
  const hasOlder = oldest > floorSeq;
  const hasNewer = newest < head.seq;
  const missing = revisions.missing(head.rev);
  // In one piece up to the head; or there is nothing to hold.
  const isWhole = known.length > 0 ? known.length === 1 && !hasNewer : !hasOlder;
  const complete = isWhole && revisions.cursor !== undefined && !missing && !isStale && !lacksNotes;
  const { slots, tail } = overlay;
  const holes = holesIn(known, head.seq, before?.items.holes ?? []);
  const items = new ItemList({ slots, holes, tail, reader, others, seqOf, read: reading.message });
  return { items, hasOlder, hasNewer, complete, missing, head, absent };
}

/**
 * What is missing above each range, oldest first.
 *
 * @param before - those of the view before: a hole is the same object for as long as it is the same.
 */
export function holesIn(known: Ranges, headSeq: number, before: readonly HoleItem[]): readonly HoleItem[] {
  const holes: HoleItem[] = [];
  let at = 0;
  known.forEach(({ to }, index) => {
    const fromSeq = to + 1;
    const toSeq = (known[index + 1]?.from ?? headSeq + 1) - 1;
    if (toSeq < fromSeq) return;
    while ((before[at]?.fromSeq ?? fromSeq) < fromSeq) at += 1;
    const same = before[at];
    const isSame = same?.fromSeq === fromSeq && same.toSeq === toSeq;
    holes.push(isSame ? same : { type: "hole", key: `hole-${fromSeq}`, fromSeq, toSeq });
  });
  return holes;
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
