import type { ThreadSummary } from "@tidings/core/bindings";
import { useChatActions } from "../lib/chat-actions.ts";
import type { Item, Message } from "../lib/data.ts";
import { nameOf } from "../lib/people.ts";
import { useIsBlocked } from "../lib/use-is-blocked.ts";
import { useIsHidden } from "../lib/use-is-hidden.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Attachments } from "./attachments.tsx";
import { Avatar } from "./avatar.tsx";
import { CoveredMessage } from "./covered-message.tsx";
import { HiddenMessage } from "./hidden-message.tsx";
import { Icon } from "./icon.tsx";
import { LinkPreview } from "./link-preview.tsx";
import { MessageActions } from "./message-actions.tsx";
import { MessageFailure } from "./message-failure.tsx";
import type { OpenMenu } from "./message-menu.tsx";
import { MessageMeta } from "./message-meta.tsx";
import { MessageText } from "./message-text.tsx";
import { Poll } from "./poll.tsx";
import { Quote } from "./quote.tsx";
import { RemovedMessage } from "./removed-message.tsx";
import { Reactions } from "./reactions.tsx";
import { Replies } from "./replies.tsx";
import "../styles/message-item.css";

export interface MessageItemProps {
  readonly item: Item;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly quoted?: Message | undefined;
  readonly thread?: ThreadSummary | undefined;
  readonly isActive?: boolean;
  readonly flash?: number;
  readonly onMenu?: ((menu: OpenMenu) => void) | undefined;
}

/** One message; covered, if it is from somebody one has blocked, and gone, if one has deleted it for oneself. */
export function MessageItem(props: MessageItemProps) {
  const { item, isActive } = props;
  const { conversationId, authorId } = item.message;
  const isBlocked = useIsBlocked(authorId);
  const isHidden = useIsHidden(item.key);
  if (isHidden) return <HiddenMessage {...{ conversationId }} id={item.key} tabIndex={isActive ? 0 : -1} />;
  if (!isBlocked) return <Article {...props} />;
  return (
    <CoveredMessage id={item.key} tabIndex={isActive ? 0 : -1}>
      <Article {...props} />
    </CoveredMessage>
  );
}

/** Who, what, when, how far it has got, and what others think of it. */
function Article(props: MessageItemProps) {
  const { item, isFirst, isLast, thread, isActive, flash = 0, onMenu } = props;
  const { t, format } = useTexts();
  const { message, own, status } = item;
  const { id, authorId, createdAt, deletedAt } = message;
  // Of hundreds of rows, the keyboard stops only at what is in the one it is at.
  const tabIndex = isActive ? 0 : -1;
  return (
    <article
      className="message"
      tabIndex={-1}
      aria-label={`${own ? t.you : nameOf(authorId)}, ${format.time(createdAt)}`}
      data-key={item.key}
      data-own={own}
      data-first={isFirst}
      data-last={isLast}
      data-status={status}
      data-deleted={deletedAt !== undefined}
      data-flash={flash > 0 ? flash % 2 : undefined}
    >
      <Avatar id={authorId} name={authorId} />
      <div className="body">
        <span className="author" dir="auto">
          {nameOf(authorId)}
        </span>
        <Bubble {...props} tabIndex={tabIndex} />
        <Reactions message={message} tabIndex={tabIndex} />
        {thread && onMenu && <Replies rootId={id} thread={thread} tabIndex={tabIndex} />}
        <MessageFailure item={item} />
      </div>
    </article>
  );
}

/** What was said, with what it answers above it and what can be done beside it. */
function Bubble({ item, quoted, onMenu, tabIndex }: MessageItemProps & { readonly tabIndex: number }) {
  const { t } = useTexts();
  const { openThread } = useChatActions();
  const { message } = item;
  const { replyTo, threadId, conversationId, origin, tally } = message;
  const isDeleted = message.deletedAt !== undefined;
  const isPoll = tally !== undefined && !isDeleted;
  const picture = isDeleted ? undefined : message.custom?.picture;
  return (
    <div className="bubble">
      {threadId !== undefined && onMenu && (
        <button type="button" className="in-thread" tabIndex={tabIndex} onClick={() => openThread(threadId)}>
          <Icon name="thread" /> {t.inThread}
        </button>
      )}
      {replyTo !== undefined && (
        <Quote {...{ conversationId, tabIndex }} messageId={replyTo} message={quoted} />
      )}
      {origin && !isDeleted && <span className="in-thread">{t.forwardedFrom(nameOf(origin.authorId))}</span>}
      {picture && <img className="picture" {...picture} alt={t.picture} loading="lazy" />}
      {!isDeleted && <Attachments message={message} />}
      <div className="content" dir="auto">
        <div className="text">
          {isDeleted ? (
            <RemovedMessage message={message} isOwn={item.own} tabIndex={tabIndex} />
          ) : (
            <MessageText message={message} />
          )}
        </div>
        {!isPoll && <MessageMeta item={item} tabIndex={tabIndex} />}
      </div>
      {!isDeleted && <LinkPreview message={message} tabIndex={tabIndex} />}
      {isPoll && (
        <div className="content">
          <Poll message={message} tabIndex={tabIndex} />
          <MessageMeta item={item} tabIndex={tabIndex} />
        </div>
      )}
      {onMenu && !isDeleted && <MessageActions item={item} tabIndex={tabIndex} onMenu={onMenu} />}
    </div>
  );
}
