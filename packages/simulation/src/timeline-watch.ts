import type { Conversation, DeliveryStatus, MessageItem, TimelineItem, TimelineView } from "@tidings/core";
import { targetsOf } from "./delivery-log.ts";

/** What one member's timeline showed, at each moment it changed. */
export interface TimelineWatch {
  /** What must never be seen: a silent gap, a message twice, a pending one not at the tail, an illegal status. */
  readonly violations: readonly string[];
  readonly views: number;
  /** Views that said themselves that something is missing. */
  readonly incomplete: number;
  /** A new epoch: what was confirmed in the last one counts no more. */
  forget(): void;
}

/** How much of a long timeline is looked at each time; what is older was looked at before. */
const TAIL = 300;
/** Enough to tell what is wrong. */
const MOST_VIOLATIONS = 20;

export function watchTimeline({ timeline }: Conversation): TimelineWatch {
  const violations: string[] = [];
  const statuses = new Map<string, DeliveryStatus>();
  let views = 0;
  let incomplete = 0;

  const look = (view: TimelineView): void => {
    views += 1;
    if (!view.complete) incomplete += 1;
    const items = view.items.slice(-TAIL);
    for (const violation of [...orderFaults(items), ...statusFaults(items, statuses)]) {
      if (violations.length < MOST_VIOLATIONS) violations.push(`view ${views}: ${violation}`);
    }
  };

  timeline.subscribe(look);
  return {
    violations,
    get views() {
      return views;
    },
    get incomplete() {
      return incomplete;
    },
    forget: () => statuses.clear(),
  };
}

/** D2, D3, D4: each message once, in the order of the sequence, holes where something is missing, pending ones last. */
export function* orderFaults(items: readonly TimelineItem[]): Generator<string> {
  const keys = new Set<string>();
  let expected: number | undefined;
  let isTail = false;
  for (const item of items) {
    if (keys.has(item.key)) yield `${item.key} is shown twice`;
    keys.add(item.key);
    const from = item.type === "hole" ? item.fromSeq : item.message.seq;
    if (from === 0) isTail = true;
    else if (isTail) yield `${item.key} stands behind a pending message`;
    else if (expected !== undefined && from !== expected) yield `after ${expected - 1} comes ${from}`;
    if (from > 0) expected = (item.type === "hole" ? item.toSeq : from) + 1;
  }
}

/** D5: listeners hear of batches, so a status may be several steps on, but only along the machine. */
function* statusFaults(items: readonly TimelineItem[], seen: Map<string, DeliveryStatus>): Generator<string> {
  for (const item of items) {
    if (item.type !== "message" || !item.own) continue;
    const before = seen.get(item.key);
    seen.set(item.key, item.status);
    if (before !== undefined && !isReachable(before, item.status)) yield told(item, before);
  }
}

function told({ key, status, message }: MessageItem, before: DeliveryStatus): string {
  return `message ${key} (seq ${message.seq}) went from ${before} to ${status}`;
}

function isReachable(from: DeliveryStatus, to: DeliveryStatus): boolean {
  const reached = new Set([from]);
  for (const status of reached) for (const target of targetsOf(status)) reached.add(target); // a Set is walked as it grows
  return reached.has(to);
}
