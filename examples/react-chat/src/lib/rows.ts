import type { ThreadSummary } from "@tidings/core/bindings";
import type { AnyItem, Item, Items, Message } from "./data.ts";
import { isSameDay } from "./formats.ts";

/** One row, with what its neighbours decide about it. All of it compares by `Object.is`, so a memoised row stays. */
export interface Row {
  readonly item: AnyItem;
  /** The first of its day. */
  readonly isNewDay: boolean;
  /** "New" begins here. */
  readonly isDivider: boolean;
  /** The first message of all. */
  readonly isBeginning: boolean;
  /** The first, and the last, of several by one person in a row. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** The message answered, if it is loaded. */
  readonly quoted: Message | undefined;
  /** The thread that began with it, if it has replies. */
  readonly thread: ThreadSummary | undefined;
}

interface Surroundings {
  readonly dividerKey: string | undefined;
  readonly threads: ReadonlyMap<string, ThreadSummary>;
  readonly isBeginning: boolean;
}

/** People talk in bursts; after a pause this long a name and a picture help again. */
const PAUSE_MS = 5 * 60_000;

/** The row at an index that exists: it is made when it comes into sight. */
export function rowAt(items: Items, index: number, around: Surroundings): Row {
  const item = items.at(index) ?? missing(index);
  const [before, after] = [index > 0 ? items.at(index - 1) : undefined, items.at(index + 1)];
  return {
    item,
    isDivider: item.key === around.dividerKey,
    isNewDay: item.type === "message" && !isBeside(before, item, isOneDay),
    isBeginning: around.isBeginning && index === 0,
    isFirst: item.key === around.dividerKey || !isBeside(before, item, isOneBurst),
    isLast: after?.key === around.dividerKey || !isBeside(item, after, isOneBurst),
    quoted: item.type === "message" ? messageIn(items, item.message.replyTo) : undefined,
    thread: around.threads.get(item.key),
  };
}

export function messageIn(items: Items, messageId: string | undefined): Message | undefined {
  if (messageId === undefined) return undefined;
  const index = items.indexOf(messageId);
  const item = index < 0 ? undefined : items.at(index);
  return item?.type === "message" ? item.message : undefined;
}

function isBeside(
  one: AnyItem | undefined,
  other: AnyItem | undefined,
  is: (one: Item, other: Item) => boolean,
): boolean {
  return one?.type === "message" && other?.type === "message" && is(one, other);
}

function isOneDay({ message: one }: Item, { message: other }: Item): boolean {
  return isSameDay(one.createdAt, other.createdAt);
}

function isOneBurst(one: Item, other: Item): boolean {
  const isClose = other.message.createdAt - one.message.createdAt < PAUSE_MS;
  const isAlike = one.message.threadId === other.message.threadId;
  return isClose && isAlike && one.message.authorId === other.message.authorId && isOneDay(one, other);
}

/** A virtual list may ask once more for what has just gone. */
function missing(index: number): AnyItem {
  return { type: "hole", key: `gone-${index}`, fromSeq: 0, toSeq: 0 };
}
