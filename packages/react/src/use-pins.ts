import { pinnedIn, type PinnedView } from "@tidings/core/bindings";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppCustom } from "./register.ts";
import { useObservable } from "./use-observable.ts";

/** What is pinned in a conversation, live, loaded or not; offline what is loaded of it. */
export function usePins(conversationId: string): PinnedView<AppCustom> {
  const client = useClient();
  const pins = useMemo(() => pinnedIn(client, conversationId), [client, conversationId]);
  return useObservable(pins);
}
