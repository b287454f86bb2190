import type { FoundMessage } from "@tidings/core/bindings";
import { useBookmarks, useMessage, usePins } from "@tidings/react";
import { useChatActions } from "../lib/chat-actions.ts";
import type { Custom } from "../lib/data.ts";
import { nameOf } from "../lib/people.ts";
import { useIsHidden } from "../lib/use-is-hidden.ts";
import { useSaid } from "../lib/use-said.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";
import { ErrorNote } from "./error-note.tsx";
import { PlansList } from "./plans-list.tsx";
import { Pane } from "./pane.tsx";

interface KeptPaneProps {
  readonly conversationId: string;
  readonly onClose: () => void;
}

/** What is pinned here for everybody, and what one has bookmarked, here and elsewhere. */
export function KeptPane({ conversationId, onClose }: KeptPaneProps) {
  const { t } = useTexts();
  const { messages, complete, error } = usePins(conversationId);
  const bookmarks = useBookmarks();
  return (
    <Pane title={t.kept} onClose={onClose}>
      <div className="pane-body results">
        <PlansList conversationId={conversationId} />
        <h3 className="pane-heading">{t.pinnedHere}</h3>
        <p className="hint" role="status">
          {complete ? messages.length === 0 && t.nothingPinned : error ? t.pinsLoaded : t.loading}
        </p>
        {error && <ErrorNote error={error} />}
        <ul>
          {messages.map((message) => (
            <li key={message.id}>
              <Kept found={message} />
            </li>
          ))}
        </ul>
        <h3 className="pane-heading">{t.bookmarks}</h3>
        {bookmarks.length === 0 && <p className="hint">{t.noBookmarks}</p>}
        <ul>
          {bookmarks.map((bookmark) => (
            <li key={bookmark.messageId}>
              <Bookmarked {...bookmark} />
            </li>
          ))}
        </ul>
      </div>
    </Pane>
  );
}

interface BookmarkedProps {
  readonly conversationId: string;
  readonly messageId: string;
}

function Bookmarked({ conversationId, messageId }: BookmarkedProps) {
  return <Kept found={useMessage(conversationId, messageId)} />;
}

/** One message of them; leads to it, in whatever conversation it is. */
function Kept({ found }: { readonly found: FoundMessage<Custom> }) {
  const { t, format } = useTexts();
  const { jumpTo } = useChatActions();
  const message = typeof found === "string" ? undefined : found;
  const said = useSaid(message);
  const isHidden = useIsHidden(message?.id);
  if (typeof found === "string")
    return <p className="hint">{found === "loading" ? t.loading : t.notLoaded}</p>;
  return (
    <button type="button" className="result" onClick={() => jumpTo(found)}>
      <Avatar id={found.authorId} name={found.authorId} />
      <span className="result-text">
        {!isHidden && <strong dir="auto">{nameOf(found.authorId)}</strong>}{" "}
        <time>{format.shortTime(found.createdAt)}</time>
        <span className="result-said" dir="auto">
          {said}
        </span>
      </span>
    </button>
  );
}
