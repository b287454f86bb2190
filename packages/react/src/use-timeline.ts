import type { Timeline, TimelineWindow, WindowView } from "@tidings/core";
import { useMemo } from "react";
import { useConversation } from "./use-conversation.ts";
import { useObservable } from "./use-observable.ts";

export interface UseTimelineOptions {
  /** How many items at most. Default 50. Another size begins anew at the newest. */
  readonly size?: number;
}

/** What a window shows, how to move it, and how to load what is not here. */
export interface TimelineState
  extends
    WindowView,
    Pick<TimelineWindow, "scroll" | "jumpTo">,
    Pick<Timeline, "loadOlder" | "loadNewer" | "loadAround"> {}

/**
 * The newest items of a conversation, or those moved to. A message keeps its item, and so its memoised row, until
 * something about it changes; the whole is the same object until one of its items does.
 */
export function useTimeline(conversationId: string, { size = 50 }: UseTimelineOptions = {}): TimelineState {
  const { timeline } = useConversation(conversationId);
  const shown = useMemo(() => timeline.window({ size }), [timeline, size]);
  const view = useObservable(shown);
  return useMemo(
    () => ({
      ...view,
      scroll: (by) => shown.scroll(by),
      jumpTo: (target) => shown.jumpTo(target),
      loadOlder: () => timeline.loadOlder(),
      loadNewer: () => timeline.loadNewer(),
      loadAround: (seq) => timeline.loadAround(seq),
    }),
    [timeline, shown, view],
  );
}
