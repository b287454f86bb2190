import { useComposer, useConversation, useThread } from "@tidings/react";
import { bringMessage } from "@tidings/core/bindings";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useTexts } from "../texts/use-texts.tsx";
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
  const conversation = useConversation(conversationId);
  const composer = useComposer(conversationId, { threadId: rootId });
  const items = useThread(conversationId, rootId);
  const end = useRef<HTMLDivElement>(null);
  const { inputRef } = composer;

  useEffect(() => {
    attempt(() => bringMessage(conversation, rootId));
    inputRef.current?.focus();
  }, [attempt, conversation, rootId, inputRef]);
  useLayoutEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [items.length]);

  return (
    <Pane title={t.thread} onClose={onClose}>
      <div className="pane-body thread" role="log" aria-label={t.thread} tabIndex={0}>
        {items.map((item, index) => (
          <div key={item.key} className="thread-row">
            <MessageItem item={item} isFirst isLast isActive />
            {index === 0 && (
              <div className="divider">
                <span>{items.length > 1 ? t.replies(items.length - 1) : t.noReplies}</span>
              </div>
            )}
          </div>
        ))}
        <div ref={end} />
      </div>
      <div className="pane-foot">
        <MessageInput composer={composer} conversationId={conversationId} label={t.writeToThread} />
      </div>
    </Pane>
  );
}
