import { openBlocks } from "@tidings/core/bindings";
import { useClient, useObservable } from "@tidings/react";
import { useCallback } from "react";

/** Whether one wants no contact with them. Renders again only when that changes. */
export function useIsBlocked(userId: string | undefined): boolean {
  const { userIds } = openBlocks(useClient());
  return useObservable(
    userIds,
    useCallback((ids: ReadonlySet<string>) => userId !== undefined && ids.has(userId), [userId]),
  );
}
