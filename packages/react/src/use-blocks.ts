import { type Blocks, openBlocks } from "@tidings/core/bindings";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

export interface UseBlocks extends Pick<Blocks, "block" | "unblock"> {
  /** The people one wants no contact with. */
  readonly userIds: ReadonlySet<string>;
}

/** The people one wants no contact with, and how to have more or fewer of them. */
export function useBlocks(): UseBlocks {
  const { userIds, block, unblock } = openBlocks(useClient());
  return { userIds: useObservable(userIds), block, unblock };
}
