import type { Conversation } from "@tidings/core";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

/** The handle of a conversation: what one does there. It never changes and makes nothing render. */
export function useConversation(conversationId: string): Conversation {
  return useClient().conversation(conversationId);
}

/** How many messages of others the user has not read. */
export function useUnread(conversationId: string): number {
  return useObservable(useConversation(conversationId).unread);
}

/** Who else types now. Signals of a conversation are sent to a client only while this is on screen. */
export function useTyping(conversationId: string): readonly string[] {
  return useObservable(useConversation(conversationId).typing);
}
