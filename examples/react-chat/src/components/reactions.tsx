import type { MessageRecord } from "@tidings/core/protocol";
import { useConversation } from "@tidings/react";
import { useChatActions } from "../lib/chat-actions.ts";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/reactions.css";

interface ReactionsProps {
  readonly message: MessageRecord;
  readonly tabIndex: number;
}

/** Who thinks what of a message; a click joins in, or takes that back. */
export function Reactions({ message, tabIndex }: ReactionsProps) {
  const { t, format } = useTexts();
  const conversation = useConversation(message.conversationId);
  const { showPeople } = useChatActions();
  const attempt = useAttempt();
  if (message.reactions.length === 0 || message.deletedAt !== undefined) return null;
  return (
    <div className="reactions" role="group" aria-label={t.reactions}>
      {message.reactions.map(({ emoji, count, userIds }) => {
        const isMine = conversation.hasReacted(message.id, emoji);
        return (
          <button
            key={emoji}
            type="button"
            className="reaction"
            tabIndex={tabIndex}
            aria-pressed={isMine}
            aria-label={t.reactedWith(emoji, count, format.list(userIds.map(nameOf)))}
            title={format.list(userIds.map(nameOf))}
            onClick={() =>
              attempt(() =>
                isMine ? conversation.unreact(message.id, emoji) : conversation.react(message.id, emoji),
              )
            }
          >
            <span className="reaction-emoji">{emoji}</span> {count}
          </button>
        );
      })}
      <button
        type="button"
        className="reactions-who"
        tabIndex={tabIndex}
        aria-label={t.whoReacted}
        title={t.whoReacted}
        aria-haspopup="dialog"
        onClick={() => showPeople(message.id, "reactors")}
      >
        <Icon name="person" />
      </button>
    </div>
  );
}
