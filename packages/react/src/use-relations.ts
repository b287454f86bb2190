import {
  type FoundMessage,
  openMessages,
  openThread,
  type Thread,
  type ThreadView,
} from "@tidings/core/bindings";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppCustom } from "./register.ts";
import { useObservable } from "./use-observable.ts";

/** A message that another one quotes, as it is now; fetched if it is not loaded, together with what others ask for. */
export function useMessage(conversationId: string, messageId: string): FoundMessage<AppCustom> {
  const client = useClient();
  const message = useMemo(
    () => openMessages(client).message(conversationId, messageId),
    [client, conversationId, messageId],
  );
  return useObservable(message);
}

/** A thread by itself, and what one does with it; to write to it, `useComposer` with `threadId`. */
export interface UseThreadView
  extends ThreadView<AppCustom>, Pick<Thread, "loadOlder" | "markRead" | "follow" | "unfollow"> {}

/** A thread by itself: paged from the backend, live, with its people and what is unread. */
export function useThreadView(conversationId: string, rootId: string): UseThreadView {
  const client = useClient();
  const thread = useMemo(() => openThread(client, conversationId, rootId), [client, conversationId, rootId]);
  const { loadOlder, markRead, follow, unfollow } = thread;
  return { ...useObservable(thread.view), loadOlder, markRead, follow, unfollow };
}
