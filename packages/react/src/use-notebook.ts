import { type Bookmark, type Notebook, type NotedConversation, openNotebook } from "@tidings/core/bindings";
import { useClient } from "./messaging-provider.ts";
import type { AppSchemas } from "./register.ts";
import { useObservable } from "./use-observable.ts";

/** To keep things for oneself: conversations pinned, archived or muted, bookmarks, messages hidden. It never changes. */
export function useNotebook(): Notebook<AppSchemas> {
  return openNotebook(useClient());
}

/** The user's conversations, the pinned ones first, with what they have noted of each. */
export function useNotedConversations(): readonly NotedConversation<AppSchemas>[] {
  return useObservable(useNotebook().conversations);
}

/** Messages to come back to, the newest first. */
export function useBookmarks(): readonly Bookmark[] {
  return useObservable(useNotebook().bookmarks);
}

/** Ids of the messages that the user has deleted for themselves. */
export function useHidden(): ReadonlySet<string> {
  return useObservable(useNotebook().hidden);
}
