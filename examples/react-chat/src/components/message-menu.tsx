import type { MessageItem } from "@tidings/core";
import { useConversation, useReceipts } from "@tidings/react";
import { useLayoutEffect, useRef } from "react";
import { useChatActions } from "../lib/chat-actions.ts";
import { moveFocus, placeBeside } from "../lib/menus.ts";
import { nameOf, textOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/message-menu.css";

export interface OpenMenu {
  readonly item: MessageItem;
  /** The button that opened it. */
  readonly anchor: HTMLElement;
}

interface MessageMenuProps {
  readonly conversationId: string;
  readonly menu: OpenMenu;
  readonly onClose: () => void;
}

const EMOJIS = ["👍", "❤️", "😂", "😮", "🎉", "🙏"];

/** What can be done about a message. The browser closes it at Escape and at a click elsewhere. */
export function MessageMenu({ conversationId, menu: { item, anchor }, onClose }: MessageMenuProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const conversation = useConversation(conversationId);
  const { reply, edit, openThread } = useChatActions();
  const popover = useRef<HTMLDivElement>(null);
  const { message, own } = item;
  const { id, threadId, pinnedAt } = message;

  useLayoutEffect(() => {
    const shown = popover.current;
    if (!shown) return;
    shown.showPopover();
    placeBeside(shown, anchor);
    shown.querySelector("button")?.focus();
  }, [anchor]);

  const act = (action: () => unknown) => () => {
    onClose();
    anchor.closest("article")?.focus({ preventScroll: true });
    action();
  };
  const give = (action: () => Promise<unknown>) => act(() => attempt(action));
  const entry = (icon: IconName, label: string, onClick: () => void) => (
    <button type="button" role="menuitem" data-danger={icon === "bin"} onClick={onClick}>
      <Icon name={icon} />
      {label}
    </button>
  );

  return (
    <div
      ref={popover}
      popover="auto"
      role="menu"
      className="menu"
      aria-label={t.messageActions}
      onToggle={({ newState }) => newState === "closed" && onClose()}
      onKeyDown={moveFocus}
    >
      <div className="menu-emojis" role="group" aria-label={t.react}>
        {EMOJIS.map((emoji) => {
          const isMine = conversation.hasReacted(id, emoji);
          const toggle = () => (isMine ? conversation.unreact(id, emoji) : conversation.react(id, emoji));
          return (
            <button
              key={emoji}
              type="button"
              role="menuitemcheckbox"
              aria-checked={isMine}
              onClick={give(toggle)}
            >
              {emoji}
            </button>
          );
        })}
      </div>
      {entry(
        "reply",
        t.reply,
        act(() => reply(id)),
      )}
      {entry(
        "thread",
        t.replyInThread,
        act(() => openThread(threadId ?? id)),
      )}
      {entry(
        "copy",
        t.copy,
        act(() => navigator.clipboard.writeText(textOf(message))),
      )}
      {conversation.may("message.pin") &&
        (pinnedAt === undefined
          ? entry(
              "pin",
              t.pin,
              give(() => conversation.pin(id)),
            )
          : entry(
              "pin",
              t.unpin,
              give(() => conversation.unpin(id)),
            ))}
      {own &&
        entry(
          "edit",
          t.edit,
          act(() => edit(id)),
        )}
      {(own || conversation.may("message.delete-any")) &&
        entry(
          "bin",
          t.remove,
          give(() => conversation.delete(id)),
        )}
      {own && <Readers conversationId={conversationId} seq={message.seq} />}
    </div>
  );
}

/** Who has read one's own message. */
function Readers({ conversationId, seq }: { readonly conversationId: string; readonly seq: number }) {
  const { t, format } = useTexts();
  const { readersOf } = useConversation(conversationId);
  useReceipts(conversationId); // for it to stay true while it is open
  const names = seq > 0 ? readersOf(seq).map(nameOf) : [];
  return names.length > 0 ? <p className="menu-note">{t.readBy(format.list(names))}</p> : null;
}
