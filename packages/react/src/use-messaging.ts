import type { Conversation, MessageItem, MessagingError, TimelineItem } from "@tidings/core";
import { useMemo } from "react";
import type { AppCustom, AppSchemas } from "./register.ts";
import { useConnection } from "./use-client-state.ts";
import { useComposer, type UseComposer } from "./use-composer.ts";
import { useConversation, useSend, useTyping, useUnread } from "./use-conversation.ts";
import { type TimelineState, useTimeline } from "./use-timeline.ts";

/** One conversation with everything on. */
export interface UseMessaging {
  /** Those of the window; holes are in `timeline.items`. */
  readonly messages: readonly MessageItem<AppCustom>[];
  readonly timeline: TimelineState;
  readonly send: Conversation<AppSchemas>["send"];
  readonly composer: UseComposer;
  readonly isConnected: boolean;
  /** Why there is no connection, or why the last message came back. */
  readonly error: MessagingError | undefined;
  readonly typing: readonly string[];
  readonly unread: number;
  /** Call on every keystroke; `composer` does so by itself. */
  readonly startTyping: () => void;
  readonly stopTyping: () => void;
}

/** Everything a chat shows and does, with every safeguard on, in one hook. */
export function useMessaging(conversationId: string): UseMessaging {
  const { typing } = useConversation(conversationId);
  const connection = useConnection();
  const timeline = useTimeline(conversationId);
  const composer = useComposer(conversationId);
  const { items } = timeline;
  return {
    messages: useMemo(() => items.filter(isMessage), [items]),
    timeline,
    send: useSend(conversationId),
    composer,
    isConnected: connection.name === "online",
    error: composer.error ?? connection.error,
    typing: useTyping(conversationId),
    unread: useUnread(conversationId),
    startTyping: typing.notify,
    stopTyping: typing.stop,
  };
}

function isMessage<Custom>(item: TimelineItem<Custom>): item is MessageItem<Custom> {
  return item.type === "message";
}
