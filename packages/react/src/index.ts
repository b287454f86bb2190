"use client";

/** Tidings in React: hooks over the client's observables, nothing but glue. */
export { MessagingProvider, type MessagingProviderProps, useClient } from "./messaging-provider.ts";
export { useConnection, useConversations, useOutbox } from "./use-client-state.ts";
export { useConversation, useTyping, useUnread } from "./use-conversation.ts";
export { useObservable } from "./use-observable.ts";
export { type TimelineState, useTimeline, type UseTimelineOptions } from "./use-timeline.ts";
