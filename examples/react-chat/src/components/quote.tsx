import type { MessageRecord } from "@tidings/core/protocol";
import { useChatActions } from "../lib/chat-actions.ts";
import { nameOf, textOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import "../styles/quote.css";

interface QuoteProps {
  readonly messageId: string;
  /** Absent while it is not loaded. */
  readonly message: MessageRecord | undefined;
  readonly tabIndex: number;
}

/** The message answered; leads to it. */
export function Quote({ messageId, message, tabIndex }: QuoteProps) {
  const { t } = useTexts();
  const { jumpTo } = useChatActions();
  const isDeleted = message?.deletedAt !== undefined;
  return (
    <button type="button" className="quote" tabIndex={tabIndex} onClick={() => jumpTo(messageId)}>
      {message && <strong dir="auto">{nameOf(message.authorId)}</strong>}
      <span className="quote-text" dir="auto">
        {isDeleted ? t.deleted : message ? textOf(message) || t.sealed : t.goToMessage}
      </span>
    </button>
  );
}
