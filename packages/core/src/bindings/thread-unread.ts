import type { Head } from "../protocol/changes.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { ThreadPage, ThreadUnread } from "../protocol/relation-queries.ts";

/** What the backend has counted, as of `head`. */
export interface CountedUnread extends ThreadUnread {
  readonly head: Head;
}

interface Item {
  readonly own: boolean;
  readonly message: Pick<MessageRecord, "seq" | "rev" | "deletedAt">;
}

export function countedIn({ unread, head }: Pick<ThreadPage, "unread" | "head">): CountedUnread | undefined {
  return unread && { ...unread, head };
}

/**
 * Messages of others in a thread above what was read of it: as the backend has counted them, with what was heard since; where
 * it has not, or where more was read meanwhile, those that are here.
 */
export function unreadIn(items: readonly Item[], readSeq: number, counted?: CountedUnread): number {
  const [others, gone] = [items.filter(isOthers), items.filter(isGone)];
  const here = others.filter(({ message: { seq } }) => seq > readSeq).length;
  if (counted?.readSeq !== readSeq) return here;
  const { rev, seq: last } = counted.head;
  const heard = others.filter(({ message: { seq } }) => seq > Math.max(last, readSeq)).length;
  const deleted = gone.filter(
    ({ message }) => message.rev > rev && message.seq > readSeq && message.seq <= last,
  );
  return Math.max(here, counted.count + heard - deleted.length);
}

/** What was counted says nothing of what is unread now, and what is here may be too little. */
export function isOutdated(readSeq: number, counted: CountedUnread): boolean {
  return counted.readSeq !== readSeq && readSeq < counted.head.seq;
}

function isOthers({ own, message }: Item): boolean {
  return !own && message.deletedAt === undefined;
}

function isGone({ own, message }: Item): boolean {
  return !own && message.deletedAt !== undefined;
}
