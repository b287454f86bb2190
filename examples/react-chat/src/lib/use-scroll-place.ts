import { type HistoryState, useClient, useConversation } from "@tidings/react";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";

/** This close to the end counts as being there, px. */
const NEAR_END_PX = 60;

interface ScrollPlaceOptions {
  readonly conversationId: string;
  readonly history: HistoryState;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<VirtualizerHandle | null>;
}

interface ScrollPlace {
  /** Index of the first row in sight. */
  readonly top: number;
  readonly isAtEnd: boolean;
  /** Rows came above what is in sight: a virtual list then keeps the distance to the end, so nothing moves. */
  readonly isShifted: boolean;
  readonly onScroll: () => void;
  readonly onResize: () => void;
  readonly toEnd: () => void;
  /** Stays where one is from now on, whatever arrives. */
  readonly leaveEnd: () => void;
}

interface Seen {
  readonly top: number;
  readonly isAtEnd: boolean;
  /** The first message in sight: what should not move when something comes above it. */
  readonly anchor: { readonly key: string; readonly index: number } | undefined;
}

/**
 * Where the reader is. Begins where "new" does, else at the end; whoever is at the end stays there while messages arrive,
 * whoever reads further up is not moved; what was in sight is marked as read.
 */
export function useScrollPlace({ conversationId, history, scroller, list }: ScrollPlaceOptions): ScrollPlace {
  const { items, dividerKey } = history;
  const [seen, setSeen] = useState<Seen>({ top: Number.MAX_SAFE_INTEGER, isAtEnd: true, anchor: undefined });
  const follows = useRef(true);
  const isPlaced = useRef(false);
  const newestKey = useRef<string>(undefined);
  const markRead = useMarkRead(conversationId, history);

  const isShifted = seen.anchor !== undefined && items.indexOf(seen.anchor.key) > seen.anchor.index;

  const toEnd = useCallback(() => {
    follows.current = true;
    list.current?.scrollToIndex(items.length - 1, { align: "end" });
  }, [list, items]);
  const leaveEnd = useCallback(() => (follows.current = false), []);

  const look = useCallback(() => {
    const [handle, element] = [list.current, scroller.current];
    if (!handle || !element || items.length === 0) return;
    const first = handle.findItemIndex(handle.scrollOffset);
    const last = handle.findItemIndex(handle.scrollOffset + handle.viewportSize);
    setSeen({ top: first, isAtEnd: isNearEnd(element), anchor: messageFrom(items, first, last) });
    if (isPlaced.current) markRead(last);
  }, [items, list, scroller, markRead]);

  useLayoutEffect(() => {
    if (items.length === 0) return undefined;
    if (!isPlaced.current) {
      isPlaced.current = true;
      const divider = dividerKey === undefined ? -1 : items.indexOf(dividerKey);
      follows.current = divider < 0;
      if (divider >= 0) list.current?.scrollToIndex(divider, { align: "start" });
    }
    const newest = items.at(items.length - 1);
    // One's own message is where one wants to be.
    const isNew = newest?.key !== newestKey.current;
    if (isNew && newest?.type === "message" && newest.own && newest.message.seq === 0) follows.current = true;
    newestKey.current = newest?.key;
    if (follows.current) list.current?.scrollToIndex(items.length - 1, { align: "end" });
    const frame = requestAnimationFrame(look); // once everything stands where it belongs
    return () => cancelAnimationFrame(frame);
  }, [items, dividerKey, list, look]);

  useEffect(() => {
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [look]);

  return {
    ...{ top: seen.top, isAtEnd: seen.isAtEnd, isShifted, toEnd, leaveEnd },
    onScroll() {
      const element = scroller.current;
      if (!element) return;
      follows.current = isNearEnd(element);
      look();
    },
    // The input grows, a keyboard comes up, a reaction is added: whoever was at the end stays there.
    onResize() {
      if (follows.current) toEnd();
      look();
    },
  };
}

function isNearEnd({ scrollHeight, clientHeight, scrollTop }: HTMLElement): boolean {
  return scrollHeight - clientHeight - scrollTop < NEAR_END_PX;
}

function messageFrom(items: HistoryState["items"], first: number, last: number): Seen["anchor"] {
  for (let index = first; index <= last; index += 1) {
    const item = items.at(index);
    if (item?.type === "message") return { key: item.key, index };
  }
  return undefined;
}

/** Marks what was in sight as read, in a window that was in sight. */
function useMarkRead(conversationId: string, { items }: HistoryState): (lastIndex: number) => void {
  const client = useClient();
  const { markRead, receipts } = useConversation(conversationId);
  const marked = useRef(0);
  return useCallback(
    (lastIndex) => {
      if (document.visibilityState === "hidden") return;
      const userId = client.userId.get();
      const own = receipts.get().find((receipt) => receipt.userId === userId);
      const item = items.at(Math.min(lastIndex, items.length - 1));
      const seq = item?.type === "message" ? item.message.seq : 0;
      if (seq <= Math.max(marked.current, own?.readSeq ?? 0)) return;
      marked.current = seq;
      markRead(seq);
    },
    [client, items, markRead, receipts],
  );
}
