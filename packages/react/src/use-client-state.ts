import type { ConnectionState, ConversationItem, OutboxView } from "@tidings/core";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

/** How the link is doing. */
export function useConnection(): ConnectionState {
  return useObservable(useClient().connection);
}

/** The user's conversations, most recently active first. */
export function useConversations(): readonly ConversationItem[] {
  return useObservable(useClient().conversations);
}

/** What waits and what failed, in all conversations; `useClient().outbox` tries again or calls off. */
export function useOutbox(): OutboxView {
  return useObservable(useClient().outbox);
}
