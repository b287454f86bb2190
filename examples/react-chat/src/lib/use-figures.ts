import { isMessagingError, MessagingError } from "@tidings/core";
import { httpFigures, type KnownFigures } from "@tidings/core/figures";
import { useFigures as useFiguresOf } from "@tidings/react";
import { useCallback, useContext, useMemo, useState } from "react";
import { offsetOf, type Span, spanOf, timesOf } from "./days.ts";
import { AuthContext } from "./http-api.ts";

interface FiguresState {
  /** Undefined until they are here; of `span`, and as of `at`. */
  readonly known: (Pick<KnownFigures, "figures" | "at"> & { readonly span: Span }) | undefined;
  readonly error: MessagingError | undefined;
  readonly again: () => void;
  /** Gives the browser the days as a file. */
  readonly download: () => void;
}

/** A conversation in figures, of the server this page is from; what was known last where that is out of reach. */
export function useFigures(conversationId: string, span: Span): FiguresState {
  const auth = useContext(AuthContext);
  const backend = useMemo(() => httpFigures({ url: location.origin, auth }), [auth]);
  const [failure, setFailure] = useState<MessagingError>();
  const [offsetMinutes] = useState(() => offsetOf(Date.now()));
  const query = { conversationId, ...timesOf(span, offsetMinutes), offsetMinutes };
  const { known, error, refresh, csv } = useFiguresOf({ backend, ...query });
  const download = useCallback(() => {
    csv()
      .then((file) => save(file, `${conversationId}.csv`))
      .catch((cause: unknown) => setFailure(errorOf(cause)));
  }, [csv, conversationId]);
  return {
    known: known && { ...known, span: spanOf(known, known.offsetMinutes ?? 0) },
    error: error ?? failure,
    again: useCallback(() => {
      setFailure(undefined);
      void refresh();
    }, [refresh]),
    download,
  };
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
