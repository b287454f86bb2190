import type { ConnectionState, ConversationItem, OutboxView } from "@tidings/core";
import type { PresenceStatus } from "@tidings/core/protocol";
import { useCallback } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppSchemas } from "./register.ts";
import { useObservable } from "./use-observable.ts";

/** How the link is doing. */
export function useConnection(): ConnectionState {
  return useObservable(useClient().connection);
}

/** The user's conversations, most recently active first. */
export function useConversations(): readonly ConversationItem<AppSchemas>[] {
  return useObservable(useClient().conversations);
}

/** What waits and what failed, in all conversations; `useClient().outbox` tries again or calls off. */
export function useOutbox(): OutboxView {
  return useObservable(useClient().outbox);
}

/** How somebody is, as far as is known: signals come for conversations whose `useTyping` is on screen. */
export function usePresence(userId: string): PresenceStatus {
  const select = useCallback(
    (users: ReadonlyMap<string, PresenceStatus>) => users.get(userId) ?? "offline",
    [userId],
  );
  return useObservable(useClient().presence, select);
}
