import { bringDate } from "@tidings/core/bindings";
import { useCallback } from "react";
import { useConversation } from "./use-conversation.ts";

/**
 * Loads the page around a time (server time, ms), and tells to which message to jump: the first that was sent then or
 * later, or else the newest; `undefined` in a conversation without messages. The same function for as long as it is the
 * same conversation. It rejects with a `MessagingError` where `bringDate` does.
 */
export function useBringDate(conversationId: string): (at: number) => Promise<string | undefined> {
  const conversation = useConversation(conversationId);
  return useCallback((at) => bringDate(conversation, at), [conversation]);
}
