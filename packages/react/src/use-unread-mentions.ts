import { openUnreadMentions, type UnreadMention, type UnreadMentions } from "@tidings/core/bindings";
import { useCallback, useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

const NONE: UnreadMentions = new Map();

/**
 * The unread messages that mention the user, by name, by role or as one of all: of one conversation, the oldest first, or of
 * all. How many there are is the length.
 */
export function useUnreadMentions(conversationId?: string): readonly UnreadMention[] {
  const mentions = openUnreadMentions(useClient());
  const one = useObservable(
    mentions,
    useCallback((all: UnreadMentions) => all.get(conversationId ?? ""), [conversationId]),
  );
  const all = useObservable(
    mentions,
    useCallback((each: UnreadMentions) => (conversationId === undefined ? each : NONE), [conversationId]),
  );
  return useMemo(() => one ?? [...all.values()].flat(), [one, all]);
}
