import { isMessagingError, MessagingError } from "@tidings/core";
import { useConnection } from "@tidings/react";
import { useCallback, useEffect, useState } from "react";
import * as z from "zod/mini";
import { offsetOf, type Span, timesOf } from "./days.ts";
import { useApi } from "./http-api.ts";

const measured = {
  messages: z.number(),
  people: z.number(),
  reactions: z.number(),
  medianResponseMs: z.optional(z.number()),
};
const answer = z.object({
  days: z.array(z.object({ day: z.string(), ...measured })),
  total: z.object(measured),
  truncated: z.optional(z.literal(true)),
});

export type Figures = z.infer<typeof answer>;
export type Measure = keyof typeof measured;

interface FiguresState {
  /** Undefined until they are here. */
  readonly figures: Figures | undefined;
  readonly error: MessagingError | undefined;
  readonly again: () => void;
  /** Gives the browser the days as a file. */
  readonly download: () => void;
}

/**
 * A conversation in figures; asked for again after a break.
 *
 * @param span - undefined while it is none.
 */
export function useFigures(conversationId: string, span: Span | undefined): FiguresState {
  const ask = useApi();
  const { name } = useConnection();
  const [state, setState] = useState<{ path?: string; figures?: Figures; error?: MessagingError }>({});
  const [tries, setTries] = useState(0);
  const path = span && pathOf(conversationId, span);

  useEffect(() => {
    if (path === undefined) return undefined;
    let isWanted = true;
    const show = (next: typeof state): void => {
      if (isWanted) setState({ path, ...next });
    };
    ask(path)
      .then(async (response) => show({ figures: answer.parse(await response.json()) }))
      .catch((cause: unknown) => show({ error: errorOf(cause) }));
    return () => void (isWanted = false);
  }, [ask, path, name, tries]);

  const download = useCallback(() => {
    if (path === undefined) return;
    ask(`${path}&format=csv`)
      .then(async (response) => save(await response.blob(), `${conversationId}.csv`))
      .catch((cause: unknown) => setState((before) => ({ ...before, error: errorOf(cause) })));
  }, [ask, path, conversationId]);

  const isCurrent = state.path === path;
  return {
    figures: isCurrent ? state.figures : undefined,
    error: isCurrent ? state.error : undefined,
    again: useCallback(() => setTries((before) => before + 1), []),
    download,
  };
}

function pathOf(conversationId: string, span: Span): string {
  const offsetMinutes = offsetOf(Date.now());
  const { since, until } = timesOf(span, offsetMinutes);
  const query = new URLSearchParams({
    ...{ since: String(since), until: String(until), offsetMinutes: String(offsetMinutes) },
  });
  return `/v1/conversations/${encodeURIComponent(conversationId)}/figures?${query.toString()}`;
}

function errorOf(cause: unknown): MessagingError {
  return isMessagingError(cause) ? cause : new MessagingError("client/unknown", { cause });
}

function save(file: Blob, name: string): void {
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(file),
    download: name,
  });
  link.click();
  URL.revokeObjectURL(link.href);
}
