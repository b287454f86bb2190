import type { FoundMessage } from "@tidings/core/bindings";
import { useMessage } from "@tidings/react";
import { useChatActions } from "../lib/chat-actions.ts";
import type { Custom, Message } from "../lib/data.ts";
import { nameOf } from "../lib/people.ts";
import { useIsHidden } from "../lib/use-is-hidden.ts";
import { useSaid } from "../lib/use-said.ts";
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
  const isHidden = useIsHidden(messageId);
  const said = useSaid(message);
  return (
    <button type="button" className="quote" tabIndex={tabIndex} onClick={() => jumpTo(messageId)}>
      {message && !isHidden && <strong dir="auto">{nameOf(message.authorId)}</strong>}
      <span className="quote-text" dir="auto">
        {message ? said : found === "missing" ? t.notLoaded : t.goToMessage}
      </span>
    </button>
  );
}
