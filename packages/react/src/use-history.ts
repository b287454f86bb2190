import type { Timeline, TimelineView } from "@tidings/core";
import { createUnreadDivider } from "@tidings/core/bindings";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppCustom } from "./register.ts";
import { useConversation } from "./use-conversation.ts";
import { useObservable } from "./use-observable.ts";

/** Everything loaded of a conversation, and how to load the rest. */
export interface HistoryState
  extends TimelineView<AppCustom>, Pick<Timeline, "loadOlder" | "loadNewer" | "loadAround"> {
  /** The key of the item above which "new" belongs: the first that was unread when this came on screen. */
  readonly dividerKey: string | undefined;
}

/**
 * All loaded items, for a virtual list: `items` makes those that are asked for, so a hundred thousand cost no more than
 * those on screen. Without a virtual list use `useTimeline`, which gives a bounded array.
 */
export function useHistory(conversationId: string): HistoryState {
  const client = useClient();
  const { timeline } = useConversation(conversationId);
  const view = useObservable(timeline);
  const divider = useMemo(() => createUnreadDivider(client, conversationId), [client, conversationId]);
  const dividerKey = useObservable(divider);
  const { loadOlder, loadNewer, loadAround } = timeline;
  return useMemo(
    () => ({ ...view, dividerKey, loadOlder, loadNewer, loadAround }),
    [view, dividerKey, loadOlder, loadNewer, loadAround],
  );
}
