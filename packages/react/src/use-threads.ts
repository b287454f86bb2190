import type { MessageItem } from "@tidings/core";
import { openThreads, threadIn, type ThreadSummary } from "@tidings/core/bindings";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppCustom } from "./register.ts";
import { useConversation } from "./use-conversation.ts";
import { useObservable } from "./use-observable.ts";

/** The conversation's threads that have a loaded reply, by the id of their first message, with what is unread of each. */
export function useThreads(conversationId: string): ReadonlyMap<string, ThreadSummary> {
  const client = useClient();
  const threads = useMemo(() => openThreads(client, conversationId), [client, conversationId]);
  return useObservable(threads);
}

/** One thread, as far as it is loaded: its first message, then the replies. To write to it: `useComposer` with `threadId`. */
export function useThread(conversationId: string, rootId: string): readonly MessageItem<AppCustom>[] {
  const view = useObservable(useConversation(conversationId).timeline);
  return useMemo(() => threadIn(view, rootId), [view, rootId]);
}
