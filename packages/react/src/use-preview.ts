import { openPreview, type PreviewView } from "@tidings/core/previews";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

/**
 * What the first link of a message leads to. `undefined` where there is nothing to look up, or nobody who does; while
 * `isKnown` is false the backend has not answered, and a card may keep its place.
 */
export function usePreview(conversationId: string, messageId: string): PreviewView | undefined {
  const client = useClient();
  const view = useMemo(
    () => openPreview(client, conversationId, messageId),
    [client, conversationId, messageId],
  );
  return useObservable(view);
}
