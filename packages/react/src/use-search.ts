import {
  createSearch,
  type MessageSearch,
  type MessageSearchOptions,
  type SearchFilter,
  type SearchState,
} from "@tidings/core/search";
import { useEffect, useMemo, useState } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppCustom } from "./register.ts";
import { useObservable } from "./use-observable.ts";

export interface UseSearch extends SearchState<AppCustom>, Pick<MessageSearch<AppCustom>, "more"> {}

/**
 * Messages that are looked for: those the client holds at once, those of the backend after a moment. Follows what is said,
 * edited and deleted meanwhile, and works offline. `filter` of the result says what its items are about.
 *
 * @param filter - may be written in place: it is compared by what is in it.
 * @param options - of the first render count.
 */
export function useSearch(filter: SearchFilter | undefined, options?: MessageSearchOptions): UseSearch {
  const client = useClient();
  const [first] = useState(options);
  const search = useMemo(() => createSearch(client, first), [client, first]);
  const sought = JSON.stringify(filter);
  const same = useMemo<SearchFilter | undefined>(() => sought && JSON.parse(sought), [sought]);
  useEffect(() => search.find(same), [search, same]);
  const state = useObservable(search);
  const { more } = search;
  return useMemo(() => ({ ...state, more }), [state, more]);
}
