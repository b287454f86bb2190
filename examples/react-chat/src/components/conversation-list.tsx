import type { ConversationItem } from "@tidings/core";
import { useClient, useConnection, useObservable, useTyping } from "@tidings/react";
import { nameOf, textOf, titleOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar, PresenceAvatar } from "./avatar.tsx";
import "../styles/conversation-list.css";

interface ConversationListProps {
  readonly conversations: readonly ConversationItem[];
  readonly current: string | undefined;
  readonly onOpen: (conversationId: string) => void;
}

/** One's conversations, most recently active first. */
export function ConversationList({ conversations, current, onOpen }: ConversationListProps) {
  const { t } = useTexts();
  const { name } = useConnection();
  return (
    <nav className="conversations" aria-label={t.conversations}>
      {conversations.length === 0 && (name === "online" || name === "connecting") && (
        <p className="hint">{name === "online" ? t.noConversations : t.loading}</p>
      )}
      <ul>
        {conversations.map((item) => (
          <li key={item.conversationId}>
            <ConversationRow item={item} isCurrent={item.conversationId === current} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface ConversationRowProps {
  readonly item: ConversationItem;
  readonly isCurrent: boolean;
  readonly onOpen: (conversationId: string) => void;
}

function ConversationRow({ item, isCurrent, onOpen }: ConversationRowProps) {
  const { t, format } = useTexts();
  const { conversationId, otherId, unread, activeAt } = item;
  const title = titleOf(item);
  return (
    <button
      type="button"
      className="conversation"
      aria-current={isCurrent}
      onClick={() => onOpen(conversationId)}
    >
      {otherId === undefined ? (
        <Avatar id={conversationId} name={title} shape="group" />
      ) : (
        <PresenceAvatar userId={otherId} />
      )}
      <span className="conversation-name" dir="auto">
        {title}
      </span>
      <time className="conversation-time">{format.shortTime(activeAt)}</time>
      <span className="conversation-last" dir="auto">
        <LastWords item={item} />
      </span>
      {unread > 0 && (
        <span className="badge">
          <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
          <span className="unseen">{t.unread(unread)}</span>
        </span>
      )}
    </button>
  );
}

/** Who types, or else what was said last. */
function LastWords({ item: { conversationId, lastMessage } }: { readonly item: ConversationItem }) {
  const { t, format } = useTexts();
  const userId = useObservable(useClient().userId);
  const typing = useTyping(conversationId);
  if (typing.length > 0) {
    return <em className="accent">{t.typing(format.list(typing.map(nameOf)), typing.length)} …</em>;
  }
  if (!lastMessage) return t.nothingSaid;
  if (lastMessage.deletedAt !== undefined) return t.deleted;
  const said = textOf(lastMessage) || (lastMessage.kind === "image" ? t.picture : t.sealed);
  return lastMessage.authorId === userId ? t.youSay(said) : t.saysText(nameOf(lastMessage.authorId), said);
}
