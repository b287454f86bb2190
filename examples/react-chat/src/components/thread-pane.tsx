import { useClient, useComposer, useObservable, useThreadView } from "@tidings/react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Item, Message } from "../lib/data.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { composing } from "../lib/composing.ts";
import { nameOf } from "../lib/people.ts";
import { Avatar } from "./avatar.tsx";
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
  const { root, items, replies, userIds, unread, hasOlder, followed, ...thread } = useThreadView(
    conversationId,
    rootId,
  );
  const { loadOlder, markRead, follow, unfollow } = thread;
  const end = useRef<HTMLDivElement>(null);
  const { inputRef } = composer;

  useEffect(() => {
    inputRef.current?.focus();
  }, [inputRef]);
  const newest = items.at(-1)?.key;
  const newFrom = useNewFrom(items, unread);
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
        {userIds.length > 0 && <Participants userIds={userIds} />}
        {hasOlder && (
          <button type="button" className="link" onClick={() => attempt(loadOlder)}>
            {t.earlierReplies}
          </button>
        )}
        {items.map((item) => (
          <div key={item.key} className="thread-row">
            {item.key === newFrom && (
              <div className="divider unread">
                <span>{t.newMessages}</span>
              </div>
            )}
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

/** Who takes part, by face and by name. */
function Participants({ userIds }: { readonly userIds: readonly string[] }) {
  const { t, format } = useTexts();
  return (
    <p className="participants">
      <span className="faces">
        {userIds.map((userId) => (
          <Avatar key={userId} id={userId} name={userId} />
        ))}
      </span>
      <span dir="auto">{t.repliesBy(format.list(userIds.map(nameOf)))}</span>
    </p>
  );
}

/** The key of the first message that was unread when the thread came on screen: what is on screen is marked as read. */
function useNewFrom(items: readonly Item[], unread: number): string | undefined {
  const [first, setFirst] = useState<{ readonly key: string | undefined }>();
  if (first || items.length === 0) return first?.key;
  const theirs = items.filter(({ own, message }) => !own && message.deletedAt === undefined);
  const key = unread === 0 ? undefined : theirs.at(-unread)?.key;
  setFirst({ key });
  return key;
}

/** The first message stands above its thread by itself. */
function itemOf(message: Message, userId: string | undefined): Item {
  const own = message.authorId === userId;
  return { type: "message", key: message.id, message, status: "sent", own, pending: false, error: undefined };
}
