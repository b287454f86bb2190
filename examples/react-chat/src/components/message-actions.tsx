import type { MessageItem } from "@tidings/core";
import { useChatActions } from "../lib/chat-actions.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import type { OpenMenu } from "./message-menu.tsx";
import "../styles/message-actions.css";

interface MessageActionsProps {
  readonly item: MessageItem;
  readonly tabIndex: number;
  readonly onMenu: (menu: OpenMenu) => void;
}

/** Beside a message, where one points: the quick answer, and the menu with everything else. */
export function MessageActions({ item, tabIndex, onMenu }: MessageActionsProps) {
  const { t } = useTexts();
  const { reply } = useChatActions();
  return (
    <div className="actions">
      <button
        type="button"
        className="icon-button"
        data-do="reply"
        tabIndex={tabIndex}
        aria-label={t.reply}
        onClick={() => reply(item.key)}
      >
        <Icon name="reply" />
      </button>
      <button
        type="button"
        className="icon-button"
        data-do="menu"
        tabIndex={tabIndex}
        aria-label={t.actions}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => onMenu({ item, anchor: currentTarget })}
      >
        <Icon name="more" />
      </button>
    </div>
  );
}
