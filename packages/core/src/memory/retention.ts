import type { Clock } from "../base/clock.ts";
import type { Change } from "../protocol/changes.ts";
import type { Archive } from "./archive.ts";
import type { ConversationStore } from "./conversation-store.ts";

export interface RetentionOptions {
  readonly clock: Clock;
  readonly archive: () => Archive;
  readonly prune: (conversationId: string, floorSeq: number) => void;
}

/** How long after something was said it is looked at what is not to be kept. */
const EVERY_MS = 60_000;

/** Prunes conversations by their own retention, a while after something happens in them; one timer each. */
export function createRetention({
  clock,
  archive,
  prune,
}: RetentionOptions): (changes: readonly Change[]) => void {
  const waiting = new Set<string>();

  const look = (conversationId: string): void => {
    waiting.delete(conversationId);
    const store = archive().store(conversationId);
    const floorSeq = floorOf(store, clock.now());
    if (floorSeq > store.floorSeq) prune(conversationId, floorSeq);
    if (store.conversation?.settings.retention?.maxAgeMs !== undefined && floorSeq <= store.head.seq)
      wait(conversationId);
  };
  const wait = (conversationId: string): void => {
    if (waiting.has(conversationId)) return;
    waiting.add(conversationId);
    clock.after(EVERY_MS, () => look(conversationId));
  };

  return (changes) => {
    for (const { conversationId } of changes) {
      if (archive().store(conversationId).conversation?.settings.retention) wait(conversationId);
    }
  };
}

/** The sequence of the oldest message that is kept. */
function floorOf(store: ConversationStore, now: number): number {
  const { maxAgeMs = Infinity, maxMessages = Infinity } = store.conversation?.settings.retention ?? {};
  let floorSeq = Math.max(store.floorSeq, store.head.seq - maxMessages + 1);
  while (floorSeq <= store.head.seq && (store.messageAt(floorSeq)?.createdAt ?? 0) < now - maxAgeMs)
    floorSeq += 1;
  return floorSeq;
}
