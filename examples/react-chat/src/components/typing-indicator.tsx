import { useTyping } from "@tidings/react";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import "../styles/typing-indicator.css";

/** Who else writes now. Keeps its line when nobody does, so that nothing moves. */
export function TypingIndicator({ conversationId }: { readonly conversationId: string }) {
  const { t, format } = useTexts();
  const typing = useTyping(conversationId);
  return (
    <p className="typing" aria-live="polite">
      {typing.length > 0 && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t.typing(format.list(typing.map(nameOf)), typing.length)}
        </>
      )}
    </p>
  );
}
