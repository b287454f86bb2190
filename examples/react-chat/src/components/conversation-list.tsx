import type { NotedConversation } from "@tidings/core/bindings";
import {
  useClient,
  useConnection,
  useHidden,
  useObservable,
  useTyping,
  useUnreadMentions,
} from "@tidings/react";
import { useCallback, useState } from "react";
import type { AppSchemas } from "../lib/data.ts";
import { nameOf, textOf, titleOf } from "../lib/people.ts";
import { useIsBlocked } from "../lib/use-is-blocked.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar, PresenceAvatar } from "./avatar.tsx";
import { ConversationMenu } from "./conversation-menu.tsx";
import { Icon } from "./icon.tsx";
import "../styles/conversation-list.css";

type Item = NotedConversation<AppSchemas>;

interface ConversationListProps {
  readonly conversations: readonly Item[];
  readonly current: string | undefined;
  readonly onOpen: (conversationId: string) => void;
}

/** One's conversations: the pinned ones, the most recently active, and behind a switch those put away. */
export function ConversationList({ conversations, current, onOpen }: ConversationListProps) {
  const { t } = useTexts();
  const { name } = useConnection();
  const [isOpen, setIsOpen] = useState(false);
  const archived = conversations.filter((item) => item.archived).length;
  return (
    <nav className="conversations" aria-label={t.conversations}>
      {conversations.length === 0 && (name === "online" || name === "connecting") && (
        <p className="hint">{name === "online" ? t.noConversations : t.loading}</p>
      )}
      <ul>
        {conversations
          .filter(({ archived }) => isOpen || !archived)
          .map((item) => (
            <li key={item.conversationId}>
              <ConversationRow item={item} isCurrent={item.conversationId === current} onOpen={onOpen} />
            </li>
          ))}
      </ul>
      {archived > 0 && (
        <button
          type="button"
          className="link archived"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? t.hideArchived : t.showArchived(archived)}
        </button>
      )}
    </nav>
  );
}

interface ConversationRowProps {
  readonly item: Item;
  readonly isCurrent: boolean;
  readonly onOpen: (conversationId: string) => void;
}

function ConversationRow({ item, isCurrent, onOpen }: ConversationRowProps) {
  const { t, format } = useTexts();
  const { conversationId, otherId, unread, activeAt, pinned, muted, archived } = item;
  const [menu, setMenu] = useState<HTMLElement>();
  const closeMenu = useCallback(() => setMenu(undefined), []);
  const title = titleOf(item);
  return (
    <>
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
          {pinned && <Sign name="pin" label={t.pinned} />}
          {muted && <Sign name="bell" label={t.muted} />}
          {archived && <Sign name="archive" label={t.archived} />}
        </span>
        <time className="conversation-time">{format.shortTime(activeAt)}</time>
        <span className="conversation-last" dir="auto">
          <LastWords item={item} />
        </span>
        {unread > 0 && <Badges conversationId={conversationId} unread={unread} />}
      </button>
      <button
        type="button"
        className="icon-button conversation-more"
        aria-label={t.actionsFor(title)}
        onClick={({ currentTarget }) => setMenu(currentTarget)}
      >
        <Icon name="more" />
      </button>
      {menu && <ConversationMenu item={item} anchor={menu} onClose={closeMenu} />}
    </>
  );
}

/** How many messages are unread, and how many of them mention one. */
function Badges({ conversationId, unread }: Pick<Item, "conversationId" | "unread">) {
  const { t } = useTexts();
  const mentions = useUnreadMentions(conversationId).length;
  return (
    <span className="badges">
      {mentions > 0 && (
        <span className="badge mentions">
          <span aria-hidden="true">@{mentions > 1 && mentions}</span>
          <span className="unseen">{t.mentions(mentions)}</span>
        </span>
      )}
      <span className="badge">
        <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
        <span className="unseen">{t.unread(unread)}</span>
      </span>
    </span>
  );
}

/** A sign with a name for those who do not see it. */
function Sign({ name, label }: { readonly name: "pin" | "bell" | "archive"; readonly label: string }) {
  return (
    <span className="conversation-sign" data-sign={name}>
      <Icon name={name} />
      <span className="unseen">{label}</span>
    </span>
  );
}

/** Who types, or else what was said last. */
function LastWords({ item }: { readonly item: Item }) {
  const { t, format } = useTexts();
  const typing = useTyping(item.conversationId);
  if (typing.length === 0) return <Said item={item} />;
  return <em className="accent">{t.typing(format.list(typing.map(nameOf)), typing.length)} …</em>;
}

function Said({ item: { lastMessage, draft } }: { readonly item: Item }) {
  const { t } = useTexts();
  const userId = useObservable(useClient().userId);
  const hidden = useHidden();
  const isBlocked = useIsBlocked(lastMessage?.authorId);
  if (draft !== undefined) {
    return (
      <>
        <em className="accent">{t.draft}</em> {draft}
      </>
    );
  }
  if (!lastMessage) return t.nothingSaid;
  if (isBlocked) return t.ofBlocked;
  if (hidden.has(lastMessage.id)) return t.hidden;
  if (lastMessage.deletedAt !== undefined) return t.deleted;
  const said = textOf(lastMessage) || (lastMessage.kind === "image" ? t.picture : t.sealed);
  return lastMessage.authorId === userId ? t.youSay(said) : t.saysText(nameOf(lastMessage.authorId), said);
}
