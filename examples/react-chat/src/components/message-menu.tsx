import type { MessageItem } from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";
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
  const popover = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shown = popover.current;
    if (!shown) return;
    shown.showPopover();
    placeBeside(shown, anchor);
    shown.querySelector("button")?.focus();
  }, [anchor]);

  const act: Act = (action) => () => {
    onClose();
    anchor.closest("article")?.focus({ preventScroll: true });
    action();
  };
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
      <Emojis message={item.message} act={act} />
      <Entries item={item} act={act} />
      {item.own && <Readers conversationId={conversationId} seq={item.message.seq} />}
    </div>
  );
}

/** What a button does: closes the menu, then this. */
type Act = (action: () => void) => () => void;

function Emojis({
  message: { id, conversationId },
  act,
}: {
  readonly message: MessageRecord;
  readonly act: Act;
}) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { hasReacted, react, unreact } = useConversation(conversationId);
  return (
    <div className="menu-emojis" role="group" aria-label={t.react}>
      {EMOJIS.map((emoji) => {
        const isMine = hasReacted(id, emoji);
        const toggle = act(() => attempt(() => (isMine ? unreact(id, emoji) : react(id, emoji))));
        return (
          <button key={emoji} type="button" role="menuitemcheckbox" aria-checked={isMine} onClick={toggle}>
            {emoji}
          </button>
        );
      })}
    </div>
  );
}

function Entries({ item: { message, own }, act }: { readonly item: MessageItem; readonly act: Act }) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { reply, edit, openThread } = useChatActions();
  const conversation = useConversation(message.conversationId);
  const { id, threadId = id, pinnedAt } = message;
  const isPinned = pinnedAt !== undefined;
  const copy = (): Promise<void> => navigator.clipboard.writeText(textOf(message));
  const entry = (icon: IconName, label: string, action: () => void) => (
    <button type="button" role="menuitem" data-danger={icon === "bin"} onClick={act(action)}>
      <Icon name={icon} />
      {label}
    </button>
  );
  const give = (action: () => Promise<unknown>) => (): void => attempt(action);
  return (
    <>
      {entry("reply", t.reply, () => reply(id))}
      {entry("thread", t.replyInThread, () => openThread(threadId))}
      {entry("copy", t.copy, give(copy))}
      {conversation.may(isPinned ? "message.unpin" : "message.pin") &&
        entry(
          "pin",
          isPinned ? t.unpin : t.pin,
          give(() => (isPinned ? conversation.unpin(id) : conversation.pin(id))),
        )}
      {own && entry("edit", t.edit, () => edit(id))}
      {(own || conversation.may("message.delete-any")) &&
        entry(
          "bin",
          t.remove,
          give(() => conversation.delete(id)),
        )}
    </>
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
