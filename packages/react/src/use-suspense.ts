import { MessagingError } from "@tidings/core/errors";
import type { ConversationItem } from "@tidings/core";
import { untilListed, untilShown } from "@tidings/core/bindings";
import { useClient } from "./messaging-provider.ts";
import type { AppSchemas } from "./register.ts";
import { useConversations } from "./use-client-state.ts";
import { useObservable } from "./use-observable.ts";
import { type TimelineState, useTimeline, type UseTimelineOptions } from "./use-timeline.ts";

/**
 * As `useTimeline`, for a `<Suspense>` boundary below the provider: it waits for the first messages, or until it is clear
 * that there are none. Without a link it waits for nothing, and shows what there is.
 *
 * @throws {MessagingError} `conversation/not-found`, for an error boundary, if the user is not in it
 */
export function useSuspenseTimeline(conversationId: string, options?: UseTimelineOptions): TimelineState {
  const client = useClient();
  const wait = untilShown(client, conversationId);
  if (wait) throw wait; // what Suspense waits for, in React 18 as in 19
  const { timeline } = client.conversation(conversationId);
  const state = useTimeline(conversationId, options);
  if (useObservable(timeline, isAbsent)) {
    const message = `unable to show "${conversationId}"; it does not exist, or the user is not in it`;
    throw new MessagingError("conversation/not-found", { message, conversationId });
  }
  return state;
}

/**
 * As `useConversations`, for a `<Suspense>` boundary below the provider: it waits until the backend has said which
 * conversations there are, so that an empty list is one. What is known from before, it shows at once; without a link it
 * waits for nothing.
 */
export function useSuspenseConversations(): readonly ConversationItem<AppSchemas>[] {
  const wait = untilListed(useClient());
  if (wait) throw wait;
  return useConversations();
}

function isAbsent({ absent }: { readonly absent: boolean }): boolean {
  return absent;
}
