import type { FoundMessage } from "@tidings/core/bindings";
import { pinnedIn } from "@tidings/core/bindings";
import { useBookmarks, useClient, useConnection, useMessage } from "@tidings/react";
import { useEffect, useState } from "react";
import { useChatActions } from "../lib/chat-actions.ts";
import type { Custom, Message } from "../lib/data.ts";
import { nameOf, saidIn } from "../lib/people.ts";
import { useIsBlocked } from "../lib/use-is-blocked.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";
import { PlansList } from "./plans-list.tsx";
import { Pane } from "./pane.tsx";

interface KeptPaneProps {
  readonly conversationId: string;
  readonly onClose: () => void;
  readonly onOpen: (conversationId: string) => void;
}

/** What is pinned here for everybody, and what one has bookmarked, here and elsewhere. */
export function KeptPane({ conversationId, onClose, onOpen }: KeptPaneProps) {
  const { t } = useTexts();
  const { jumpTo } = useChatActions();
  const pins = usePins(conversationId);
  const bookmarks = useBookmarks();
  return (
    <Pane title={t.kept} onClose={onClose}>
      <div className="pane-body results">
        <PlansList
          conversationId={conversationId}
          onOpen={(place, messageId) => (place === conversationId ? jumpTo(messageId) : onOpen(place))}
        />
        <h3 className="pane-heading">{t.pinnedHere}</h3>
        {pins?.length === 0 && <p className="hint">{t.nothingPinned}</p>}
        <ul>
          {pins?.map((message) => (
            <li key={message.id}>
              <Kept found={message} onOpen={() => jumpTo(message.id)} />
            </li>
          ))}
        </ul>
        <h3 className="pane-heading">{t.bookmarks}</h3>
        {bookmarks.length === 0 && <p className="hint">{t.noBookmarks}</p>}
        <ul>
          {bookmarks.map((bookmark) => (
            <li key={bookmark.messageId}>
              <Bookmarked
                {...bookmark}
                onOpen={() =>
                  bookmark.conversationId === conversationId
                    ? jumpTo(bookmark.messageId)
                    : onOpen(bookmark.conversationId)
                }
              />
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
  readonly onOpen: () => void;
}

function Bookmarked({ conversationId, messageId, onOpen }: BookmarkedProps) {
  return <Kept found={useMessage(conversationId, messageId)} onOpen={onOpen} />;
}

function Kept({ found, onOpen }: { readonly found: FoundMessage<Custom>; readonly onOpen: () => void }) {
  const { t, format } = useTexts();
  const isBlocked = useIsBlocked(typeof found === "string" ? undefined : found.authorId);
  if (typeof found === "string")
    return <p className="hint">{found === "loading" ? t.loading : t.notLoaded}</p>;
  return (
    <button type="button" className="result" onClick={onOpen}>
      <Avatar id={found.authorId} name={found.authorId} />
      <span className="result-text">
        <strong dir="auto">{nameOf(found.authorId)}</strong> <time>{format.shortTime(found.createdAt)}</time>
        <span className="result-said" dir="auto">
          {saidIn(found, isBlocked, t)}
        </span>
      </span>
    </button>
  );
}

/** As the backend has them; asked for again whenever one is pinned or unpinned here, and after a break. */
function usePins(conversationId: string): readonly Message[] | undefined {
  const client = useClient();
  const { name } = useConnection();
  const [pins, setPins] = useState<readonly Message[]>();
  useEffect(() => {
    let isShown = true;
    const load = (): void =>
      void pinnedIn(client, conversationId).then(
        (found) => isShown && setPins(found),
        () => {}, // offline: those known stay
      );
    if (name === "online") load();
    const stop = client.on("change", (change) => {
      if (change.conversationId === conversationId && change.kind.endsWith("pin")) load();
    });
    return () => {
      isShown = false;
      stop();
    };
  }, [client, conversationId, name]);
  return pins;
}
