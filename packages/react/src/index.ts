"use client";

/** Tidings in React: hooks over the client's observables, nothing but glue. */
export { MessagingProvider, type MessagingProviderProps, useClient } from "./messaging-provider.ts";
export type { AppClient, AppCustom, AppSchemas, Register } from "./register.ts";
export { useBlocks, type UseBlocks } from "./use-blocks.ts";
export { useBringDate } from "./use-bring-date.ts";
export { useConnection, useConversations, useOutbox, usePresence } from "./use-client-state.ts";
export { type ComposerInputProps, useComposer, type UseComposer } from "./use-composer.ts";
export {
  useConversation,
  useMembers,
  useReceipts,
  useSend,
  useTyping,
  useUnread,
} from "./use-conversation.ts";
export { type HistoryState, useHistory } from "./use-history.ts";
export { useMessaging, type UseMessaging } from "./use-messaging.ts";
export { useBookmarks, useHidden, useNotebook, useNotedConversations } from "./use-notebook.ts";
export { useFigures, type UseFigures } from "./use-figures.ts";
export { useModeration, type UseModeration } from "./use-moderation.ts";
export { useNotifications, type UseNotifications } from "./use-notifications.ts";
export {
  usePushSubscription,
  type UsePushSubscription,
  type UsePushSubscriptionOptions,
} from "./use-push-subscription.ts";
export { useObservable } from "./use-observable.ts";
export { type UsePeople, useReactors, useVoters } from "./use-people.ts";
export { usePins } from "./use-pins.ts";
export { usePlans, useReminders, useScheduled } from "./use-plans.ts";
export { usePoll, type UsePoll } from "./use-poll.ts";
export { useReports, type UseReports } from "./use-reports.ts";
export { usePreview } from "./use-preview.ts";
export { useMessage, useThreadView, type UseThreadView } from "./use-relations.ts";
export type { SearchMatch, MessageSearchOptions, SearchFilter } from "@tidings/core/search";
export { useSearch, type UseSearch } from "./use-search.ts";
export { useSuspenseConversations, useSuspenseTimeline } from "./use-suspense.ts";
export { type FileUrl, useFileUrl, useUpload, useUploads } from "./use-uploads.ts";
export { useUnreadMentions } from "./use-unread-mentions.ts";
export { type UseVoiceRecorder, useVoiceRecorder } from "./use-voice-recorder.ts";
export { useThread, useThreads } from "./use-threads.ts";
export { type TimelineState, useTimeline, type UseTimelineOptions } from "./use-timeline.ts";
