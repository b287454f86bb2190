import {
  createModerationQueue,
  type ModerationQueue,
  type ModerationQueueOptions,
  type ModerationQueueState,
} from "@tidings/core/moderation";
import { useMemo } from "react";
import { useObservable } from "./use-observable.ts";

export interface UseModeration
  extends ModerationQueueState, Pick<ModerationQueue, "refresh" | "loadMore" | "decide"> {}

/**
 * The cases of a conversation one moderates, and how to decide them.
 *
 * @param options - `backend` has to be the same object from one render to the next.
 */
export function useModeration({
  backend,
  conversationId,
  status,
  order,
  limit,
  everyMs,
  clock,
}: ModerationQueueOptions): UseModeration {
  const queue = useMemo(
    () =>
      createModerationQueue({
        ...{ backend, conversationId, status, order, limit },
        ...(everyMs !== undefined && { everyMs }),
        ...(clock && { clock }),
      }),
    [backend, conversationId, status, order, limit, everyMs, clock],
  );
  const { refresh, loadMore, decide } = queue;
  return { ...useObservable(queue), refresh, loadMore, decide };
}
