import type { Conversation } from "@tidings/core";
import type { ParticipantRecord, Receipt } from "@tidings/core/protocol";
import { useEffect } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppSchemas } from "./register.ts";
import { useObservable } from "./use-observable.ts";

/** The handle of a conversation: what one does there. It never changes and makes nothing render. */
export function useConversation(conversationId: string): Conversation<AppSchemas> {
  return useClient().conversation(conversationId);
}

/** Sends to a conversation. The same function for as long as it is the same conversation. */
export function useSend(conversationId: string): Conversation<AppSchemas>["send"] {
  return useConversation(conversationId).send;
}

/** How many messages of others the user has not read. */
export function useUnread(conversationId: string): number {
  return useObservable(useConversation(conversationId).unread);
}

/**
 * Who else types now. Signals of a conversation are sent to a client only while this is on screen. It opens nothing: each
 * row of a list may show it.
 */
export function useTyping(conversationId: string): readonly string[] {
  return useObservable(useClient().typing(conversationId));
}

/** How far everybody has received and read. */
export function useReceipts(conversationId: string): readonly Receipt[] {
  return useObservable(useConversation(conversationId).receipts);
}

/** Everybody who is or was in the conversation; all of them are loaded when this comes on screen. */
export function useMembers(conversationId: string): readonly ParticipantRecord[] {
  const { members } = useConversation(conversationId);
  useEffect(() => {
    members.load().catch(() => {}); // offline: those known are shown, and the rest when somebody looks again
  }, [members]);
  return useObservable(members);
}
