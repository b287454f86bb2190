import { type FiguresOptions, type FiguresState, type FiguresView, openFigures } from "@tidings/core/figures";
import { useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

export interface UseFigures extends FiguresState, Pick<FiguresView, "refresh" | "csv"> {}

/**
 * How much was said in a conversation, by how many, and what came of it, for those who moderate it; offline what was known
 * last, with its time.
 *
 * @param options - `backend` has to be the same object from one render to the next.
 */
export function useFigures({
  backend,
  conversationId,
  since,
  until,
  offsetMinutes,
}: FiguresOptions): UseFigures {
  const client = useClient();
  const view = useMemo(
    () => openFigures(client, { backend, conversationId, since, until, offsetMinutes }),
    [client, backend, conversationId, since, until, offsetMinutes],
  );
  const { refresh, csv } = view;
  return { ...useObservable(view), refresh, csv };
}
