import { isMessagingError, type MessagingError } from "@tidings/core";
import { type HistoryState, useConnection } from "@tidings/react";
import { useCallback, useEffect, useRef, useState } from "react";

/** This many rows from the top the next page is fetched. */
const NEAR = 25;

interface OlderState {
  readonly isLoading: boolean;
  readonly error: MessagingError | undefined;
  readonly retry: () => void;
}

/** Fetches older messages while the first row in sight is near the first one loaded. */
export function useLoadOlder({ items, hasOlder, loadOlder }: HistoryState, top: number): OlderState {
  const isOnline = useConnection().name === "online";
  const [isLoading, setIsLoading] = useState(false);
  const [error, setError] = useState<MessagingError>();
  const isBusy = useRef(false);

  const load = useCallback(() => {
    if (isBusy.current) return;
    isBusy.current = true;
    setIsLoading(true);
    setError(undefined);
    loadOlder()
      .catch((cause: unknown) => {
        if (!isMessagingError(cause)) throw cause;
        setError(cause);
      })
      .finally(() => {
        isBusy.current = false;
        setIsLoading(false);
      });
  }, [loadOlder]);

  const isNear = items.length > 0 && top < NEAR && hasOlder && isOnline;
  useEffect(() => {
    if (isNear && !error) load();
    // A page that came and still leaves one near the top is followed by the next.
  }, [isNear, error, load, items.length]);

  return { isLoading, error: isOnline ? error : undefined, retry: load };
}
