import { useClient, useComposer, useObservable, useThreadView } from "@tidings/react";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { Item, Message } from "../lib/data.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { composing } from "../lib/composing.ts";
import { MessageInput } from "./message-input.tsx";
import { MessageItem } from "./message-item.tsx";
import { Pane } from "./pane.tsx";
import { useAttempt } from "./toasts.tsx";

interface ThreadPaneProps {
  readonly conversationId: string;
  readonly rootId: string;
  readonly onClose: () => void;
}

/** A message and what was answered in its thread. */
export function ThreadPane({ conversationId, rootId, onClose }: ThreadPaneProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const userId = useObservable(useClient().userId);
  const composer = useComposer(conversationId, { ...composing, threadId: rootId });
  const { root, items, replies, hasOlder, followed, ...thread } = useThreadView(conversationId, rootId);
  const { loadOlder, markRead, follow, unfollow } = thread;
  const end = useRef<HTMLDivElement>(null);
  const { inputRef } = composer;

  useEffect(() => {
    inputRef.current?.focus();
  }, [inputRef]);
  const newest = items.at(-1)?.key;
  useLayoutEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [newest]);
  useEffect(() => {
    markRead().catch(() => {}); // what cannot be noted now is when the next message comes
  }, [markRead, newest]);

  return (
    <Pane title={t.thread} onClose={onClose}>
      <div className="pane-body thread" role="log" aria-label={t.thread} tabIndex={0}>
        {root && <MessageItem item={itemOf(root, userId)} isFirst isLast isActive />}
        <div className="divider">
          <span>{replies > 0 ? t.replies(replies) : t.noReplies}</span>
        </div>
        {hasOlder && (
          <button type="button" className="link" onClick={() => attempt(loadOlder)}>
            {t.earlierReplies}
          </button>
        )}
        {items.map((item) => (
          <div key={item.key} className="thread-row">
            <MessageItem item={item} isFirst isLast isActive />
          </div>
        ))}
        <div ref={end} />
      </div>
      <div className="pane-foot">
        <label className="follow">
          <input
            type="checkbox"
            checked={followed}
            onChange={() => attempt(() => (followed ? unfollow() : follow()))}
          />{" "}
          {t.followThread}
        </label>
        <MessageInput composer={composer} conversationId={conversationId} label={t.writeToThread} />
      </div>
    </Pane>
  );
}

/** The first message stands above its thread by itself. */
function itemOf(message: Message, userId: string | undefined): Item {
  const own = message.authorId === userId;
  return { type: "message", key: message.id, message, status: "sent", own, pending: false, error: undefined };
}
