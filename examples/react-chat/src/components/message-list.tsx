import { useHistory, useThreads } from "@tidings/react";
import { memo, type Ref, useCallback, useImperativeHandle, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { Destination } from "../lib/chat-actions.ts";
import { rowAt } from "../lib/rows.ts";
import { useActiveRow } from "../lib/use-active-row.ts";
import { useLoadOlder } from "../lib/use-load-older.ts";
import { useScrollPlace } from "../lib/use-scroll-place.ts";
import { useJump } from "../lib/use-jump.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { JumpToMention } from "./jump-to-mention.tsx";
import { JumpToNewest } from "./jump-to-newest.tsx";
import { MessageMenu, type OpenMenu } from "./message-menu.tsx";
import { MessageRow } from "./message-row.tsx";
import { MessagesLoading, Placeholder } from "./placeholder.tsx";
import "../styles/message-list.css";

export interface MessageListHandle {
  /** Shows a message in the middle and lights it up; loads older ones to find it. */
  jumpTo(message: Destination): void;
  /** The same with the first message from a time on, ms; the keyboard is there, too. */
  toDay(at: number): void;
}

interface MessageListProps {
  readonly conversationId: string;
  readonly ref: Ref<MessageListHandle>;
}

/** All messages, of which only those in sight are on the page. */
export const MessageList = memo(function MessageList({ conversationId, ref }: MessageListProps) {
  const { t } = useTexts();
  const history = useHistory(conversationId);
  const threads = useThreads(conversationId);
  const { items, dividerKey, hasOlder, complete, absent } = history;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const [menu, setMenu] = useState<OpenMenu>();
  const place = useScrollPlace({ conversationId, history, scroller, list });
  const older = useLoadOlder(history, place.top);
  const active = useActiveRow(items);
  const jump = useJump({ conversationId, list, leaveEnd: place.leaveEnd, focus: active.focus });
  const closeMenu = useCallback(() => setMenu(undefined), []);
  useImperativeHandle(ref, () => ({ jumpTo: jump.to, toDay: jump.toDay }), [jump.to, jump.toDay]);

  return (
    <div className="messages-frame">
      {older.isLoading && <p className="messages-older">{t.loadingOlder}</p>}
      {older.error && (
        <p className="messages-older" role="alert">
          {t.olderFailed}{" "}
          <button type="button" className="link" onClick={older.retry}>
            {t.tryAgain}
          </button>
        </p>
      )}
      {items.length === 0 && !complete && !absent && <MessagesLoading label={t.loading} />}
      {items.length === 0 && absent && <Placeholder icon="person" title={t.absent} hint={t.absentHint} />}
      {items.length === 0 && complete && !absent && (
        <Placeholder icon="wave" title={t.nothingSaid} hint={t.nothingSaidHint} />
      )}
      {/* New messages are read out by the Announcer: a virtual list would be read whole. */}
      <div
        ref={scroller}
        className="messages"
        role="log"
        aria-live="off"
        aria-label={t.messages}
        tabIndex={0}
        onKeyDown={active.onKeyDown}
      >
        <div className="messages-start" />
        <Virtualizer
          ref={list}
          data={{ length: items.length }}
          shift={place.isShifted}
          keepMounted={active.keepMounted}
          onScroll={place.onScroll}
          onResize={place.onResize}
        >
          {(_, index) => {
            const row = rowAt(items, index, { dividerKey, threads, isBeginning: !hasOlder });
            return (
              <MessageRow
                key={row.item.key}
                {...row}
                conversationId={conversationId}
                isActive={row.item.key === active.key}
                flash={row.item.key === jump.target?.key ? jump.target.count : 0}
                onMenu={setMenu}
              />
            );
          }}
        </Virtualizer>
      </div>
      {menu && <MessageMenu conversationId={conversationId} menu={menu} onClose={closeMenu} />}
      <JumpToMention conversationId={conversationId} />
      <JumpToNewest conversationId={conversationId} isHidden={place.isAtEnd} onJump={place.toEnd} />
    </div>
  );
});
