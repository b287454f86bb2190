import type { MessageItem } from "@tidings/core";
import { useClient } from "@tidings/react";
import { useTexts } from "../texts/use-texts.tsx";
import { ErrorNote } from "./error-note.tsx";

/** Why a message was not sent, and what to do: nothing a person wrote goes away by itself. */
export function MessageFailure({ item: { key, status, error } }: { readonly item: MessageItem }) {
  const { t } = useTexts();
  const { outbox } = useClient();
  if (status !== "failed" || !error) return null;
  return (
    <div className="failure">
      <ErrorNote error={error} />
      <button type="button" className="link" onClick={() => outbox.retry(key)}>
        {t.tryAgain}
      </button>
      <button type="button" className="link" onClick={() => outbox.cancel(key)}>
        {t.discard}
      </button>
    </div>
  );
}
