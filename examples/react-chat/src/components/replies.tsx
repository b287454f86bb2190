import type { ThreadSummary } from "@tidings/core/bindings";
import { useChatActions } from "../lib/chat-actions.ts";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";

interface RepliesProps {
  readonly rootId: string;
  readonly thread: ThreadSummary;
  readonly tabIndex: number;
}

/** Faces beside a message: more would not be told apart. */
const MOST_FACES = 3;

/** What was answered to a message in its thread: how much, how much of it is new, by whom; leads there. */
export function Replies({ rootId, thread, tabIndex }: RepliesProps) {
  const { t, format } = useTexts();
  const { openThread } = useChatActions();
  const { replies, unread, userIds, lastAt } = thread;
  return (
    <button type="button" className="replies" tabIndex={tabIndex} onClick={() => openThread(rootId)}>
      <Icon name="thread" />
      <span className="faces">
        {userIds.slice(0, MOST_FACES).map((userId) => (
          <Avatar key={userId} id={userId} name={userId} />
        ))}
      </span>
      {t.replies(replies)}
      <span className="unseen">{t.repliesBy(format.list(userIds.map(nameOf)))}</span>
      {unread > 0 && <span className="badge">{t.newReplies(unread)}</span>}
      <time>{format.shortTime(lastAt)}</time>
    </button>
  );
}
