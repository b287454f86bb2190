import { useNotebook } from "@tidings/react";
import { useTexts } from "../texts/use-texts.tsx";
import { useAttempt } from "./toasts.tsx";

interface HiddenMessageProps {
  readonly conversationId: string;
  /** Its key in the list, so that the keyboard finds it. */
  readonly id: string;
  readonly tabIndex: number;
}

/** A message one has deleted for oneself, until one takes that back. */
export function HiddenMessage({ conversationId, id, tabIndex }: HiddenMessageProps) {
  const { t } = useTexts();
  const { unhide } = useNotebook();
  const attempt = useAttempt();
  return (
    <article className="hidden-message" tabIndex={-1} aria-label={t.hidden} data-key={id}>
      {t.hidden}{" "}
      <button
        type="button"
        className="link"
        data-do="show"
        tabIndex={tabIndex}
        onClick={() => attempt(() => unhide(conversationId, id))}
      >
        {t.undo}
      </button>
    </article>
  );
}
