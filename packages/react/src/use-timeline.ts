import type { Timeline, TimelineWindow, WindowView } from "@tidings/core";
import { createUnreadDivider } from "@tidings/core/bindings";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppCustom } from "./register.ts";
import { useConversation } from "./use-conversation.ts";
import { useObservable } from "./use-observable.ts";

export interface UseTimelineOptions {
  /** How many items at most. Default 50. Another size begins anew at the newest. */
  readonly size?: number;
  /** The message to show first, if it is loaded. Default: the newest. */
  readonly anchor?: string;
}

/** What a window shows, how to move it, and how to load what is not here. */
export interface TimelineState
  extends
    WindowView<AppCustom>,
    Pick<TimelineWindow, "scroll" | "jumpTo">,
    Pick<Timeline, "loadOlder" | "loadNewer" | "loadAround"> {
  /** The key of the item above which "new" belongs: the first that was unread when this came on screen. */
  readonly dividerKey: string | undefined;
}

/**
 * The newest items of a conversation, or those moved to. A message keeps its item, and so its memoised row, until
 * something about it changes; the whole is the same object until one of its items does.
 */
export function useTimeline(conversationId: string, options: UseTimelineOptions = {}): TimelineState {
  const { size = 50, anchor } = options;
  const client = useClient();
  const { timeline } = useConversation(conversationId);
  const shown = useMemo(() => timeline.window({ size, ...(anchor && { anchor }) }), [timeline, size, anchor]);
  const view = useObservable(shown);
  const divider = useMemo(() => createUnreadDivider(client, conversationId), [client, conversationId]);
  const dividerKey = useObservable(divider);
  return useMemo(
    () => ({
      ...view,
      dividerKey,
      scroll: shown.scroll,
      jumpTo: shown.jumpTo,
      loadOlder: timeline.loadOlder,
      loadNewer: timeline.loadNewer,
      loadAround: timeline.loadAround,
    }),
    [timeline, shown, view, dividerKey],
  );
}
