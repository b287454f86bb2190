import { useNotebook, useObservable } from "@tidings/react";
import { useCallback } from "react";

/** Whether one has deleted the message for oneself. Renders again only when that changes. */
export function useIsHidden(messageId: string | undefined): boolean {
  const { hidden } = useNotebook();
  return useObservable(
    hidden,
    useCallback((ids: ReadonlySet<string>) => messageId !== undefined && ids.has(messageId), [messageId]),
  );
}
