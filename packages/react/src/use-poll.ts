import { openPoll, type PollHandle, type PollView } from "@tidings/core/bindings";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

/** How a poll stands, and what one does with it. */
export interface UsePoll extends Pick<PollHandle, "toggle" | "close"> {
  /** `undefined` while the message is not loaded, or is no poll. */
  readonly view: PollView | undefined;
}

/** A poll, live: counts, one's own choices on all devices, and whether it is still open. */
export function usePoll(conversationId: string, messageId: string): UsePoll {
  const client = useClient();
  const poll = useMemo(
    () => openPoll(client, conversationId, messageId),
    [client, conversationId, messageId],
  );
  const view = useObservable(poll.view);
  return { view, toggle: poll.toggle, close: poll.close };
}
