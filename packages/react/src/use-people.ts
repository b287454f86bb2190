import { type People, type PeopleView, reactorsOf, votersOf } from "@tidings/core/bindings";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

/** People listed page by page, live. */
export interface UsePeople extends PeopleView, Pick<People, "more"> {}

/** Who reacted to a message with one emoji: a record names only the first few. */
export function useReactors(conversationId: string, messageId: string, emoji: string): UsePeople {
  const client = useClient();
  const { view, more } = useMemo(
    () => reactorsOf(client, conversationId, messageId, emoji),
    [client, conversationId, messageId, emoji],
  );
  return { ...useObservable(view), more };
}

/** Who chose an option of a poll; nobody of an anonymous one. */
export function useVoters(conversationId: string, messageId: string, option: number): UsePeople {
  const client = useClient();
  const { view, more } = useMemo(
    () => votersOf(client, conversationId, messageId, option),
    [client, conversationId, messageId, option],
  );
  return { ...useObservable(view), more };
}
