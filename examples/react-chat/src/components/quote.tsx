import type { FoundMessage } from "@tidings/core/bindings";
import { useMessage } from "@tidings/react";
import { useChatActions } from "../lib/chat-actions.ts";
import type { Custom, Message } from "../lib/data.ts";
import { nameOf, saidIn } from "../lib/people.ts";
import { useIsBlocked } from "../lib/use-is-blocked.ts";
import { useTexts } from "../texts/use-texts.tsx";
import "../styles/quote.css";

interface QuoteProps {
  readonly conversationId: string;
  readonly messageId: string;
  /** Absent while it is not loaded. */
  readonly message: Message | undefined;
  readonly tabIndex: number;
}

/** The message answered, as it is now; leads to it. */
export function Quote({ conversationId, messageId, message, tabIndex }: QuoteProps) {
  return message ? (
    <Quoted {...{ messageId, tabIndex }} found={message} />
  ) : (
    <FetchedQuote {...{ conversationId, messageId, tabIndex }} />
  );
}

function FetchedQuote({ conversationId, messageId, tabIndex }: Omit<QuoteProps, "message">) {
  return <Quoted {...{ messageId, tabIndex }} found={useMessage(conversationId, messageId)} />;
}

interface QuotedProps {
  readonly messageId: string;
  readonly found: FoundMessage<Custom>;
  readonly tabIndex: number;
}

function Quoted({ messageId, found, tabIndex }: QuotedProps) {
  const message = typeof found === "string" ? undefined : found;
  const { t } = useTexts();
  const { jumpTo } = useChatActions();
  const isBlocked = useIsBlocked(message?.authorId);
  return (
    <button type="button" className="quote" tabIndex={tabIndex} onClick={() => jumpTo(messageId)}>
      {message && <strong dir="auto">{nameOf(message.authorId)}</strong>}
      <span className="quote-text" dir="auto">
        {message ? saidIn(message, isBlocked, t) : found === "missing" ? t.notLoaded : t.goToMessage}
      </span>
    </button>
  );
}
