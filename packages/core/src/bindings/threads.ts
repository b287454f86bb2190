import type { MessageItem } from "../timeline/item.ts";
import type { TimelineView } from "../timeline/view.ts";

/** What the first message of a thread says about it. */
export interface ThreadSummary {
  readonly replies: number;
  /** The newest reply's server time, ms. */
  readonly lastAt: number;
}

export interface ThreadsOptions {
  /** How many of the newest items are looked through. Default 5 000: a plain scan, well under a millisecond. */
  readonly depth?: number;
}

const DEPTH = 5_000;

/** The threads that have a loaded, undeleted reply, by the id of their first message. */
export function threadsIn<Custom>(
  { items }: TimelineView<Custom>,
  { depth = DEPTH }: ThreadsOptions = {},
): ReadonlyMap<string, ThreadSummary> {
  const threads = new Map<string, ThreadSummary>();
  for (const item of items.slice(-depth)) {
    if (item.type !== "message" || item.message.deletedAt !== undefined) continue;
    const { threadId, createdAt } = item.message;
    if (threadId === undefined) continue;
    const replies = (threads.get(threadId)?.replies ?? 0) + 1;
    threads.set(threadId, { replies, lastAt: createdAt });
  }
  return threads;
}

/** The loaded messages of one thread, oldest first, its first message before them if it is loaded. */
export function threadIn<Custom>(
  { items }: TimelineView<Custom>,
  rootId: string,
  { depth = DEPTH }: ThreadsOptions = {},
): readonly MessageItem<Custom>[] {
  const root = items.at(items.indexOf(rootId));
  const replies = items
    .slice(-depth)
    .filter(
      (item): item is MessageItem<Custom> => item.type === "message" && item.message.threadId === rootId,
    );
  return root?.type === "message" && root.key === rootId ? [root, ...replies] : replies;
}
