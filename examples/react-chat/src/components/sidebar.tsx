import {
  useClient,
  useConnection,
  useNotedConversations,
  useObservable,
  type UsePushSubscription,
  useUnreadMentions,
} from "@tidings/react";
import { useState } from "react";
import type { Cable } from "../lib/cable.ts";
import type { Destination } from "../lib/chat-actions.ts";
import { nameOf } from "../lib/people.ts";
import { useIsWide } from "../lib/use-is-wide.ts";
import { languageNames, useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { Icon } from "./icon.tsx";
import { NewConversation } from "./new-conversation.tsx";
import { NotificationPrompt } from "./notification-prompt.tsx";
import { NotificationSettings } from "./notification-settings.tsx";

interface SidebarProps {
  readonly current: string | undefined;
  readonly onOpen: (conversationId: string, to?: Destination) => void;
  readonly cable: Cable;
  readonly pushes: UsePushSubscription;
}

/** Who one is, one's conversations, and two switches of the demo's own. */
export function Sidebar({ current, onOpen, cable, pushes }: SidebarProps) {
  const { t } = useTexts();
  const userId = useObservable(useClient().userId) ?? "";
  const conversations = useNotedConversations();
  const isWide = useIsWide();
  // On a phone it is the whole page while no conversation is open.
  const isAlone = !isWide && current === undefined;
  const [isNew, setIsNew] = useState(false);
  const [isSetting, setIsSetting] = useState(false);
  return (
    <section className="sidebar" aria-label={t.conversations} role={isAlone ? "main" : undefined}>
      {isAlone && <h1 className="unseen">{t.conversations}</h1>}
      <header className="bar">
        <Avatar id={userId} name={userId} />
        <div className="bar-text">
          <strong className="bar-title">{nameOf(userId)}</strong>
          <ConnectionLine />
        </div>
        <AllMentions onOpen={onOpen} />
        <button
          type="button"
          className="icon-button"
          aria-label={t.notifications}
          onClick={() => setIsSetting(true)}
        >
          <Icon name="bell" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t.newConversation}
          onClick={() => setIsNew(true)}
        >
          <Icon name="plus" />
        </button>
      </header>
      {isAlone && <ConnectionBanner />}
      <NotificationPrompt onOpen={onOpen} onAccept={pushes.enable} />
      <ConversationList conversations={conversations} current={current} onOpen={onOpen} />
      <Foot cable={cable} />
      {isSetting && <NotificationSettings pushes={pushes} onClose={() => setIsSetting(false)} />}
      {isNew && <NewConversation onClose={() => setIsNew(false)} onOpen={onOpen} />}
    </section>
  );
}

/** How many unread messages mention one, wherever; leads to the first. */
function AllMentions({ onOpen }: Pick<SidebarProps, "onOpen">) {
  const { t } = useTexts();
  const mentions = useUnreadMentions();
  const [first] = mentions;
  if (!first) return null;
  return (
    <button
      type="button"
      className="badge mentions"
      aria-label={t.jumpToMention(mentions.length)}
      onClick={() => onOpen(first.conversationId, first)}
    >
      @{mentions.length}
    </button>
  );
}

/** Two switches of the demo's own. */
function Foot({ cable }: Pick<SidebarProps, "cable">) {
  const { t, language, setLanguage } = useTexts();
  return (
    <footer className="sidebar-foot">
      <label className="cable">
        <span>
          <strong>{t.goOffline}</strong>
          <small>{t.goOfflineHint}</small>
        </span>
        <input
          type="checkbox"
          role="switch"
          className="switch"
          onChange={({ target }) => cable.setPulled(target.checked)}
        />
      </label>
      <label className="language">
        <span>{t.language}</span>
        <select className="select" value={language} onChange={({ target }) => setLanguage(target.value)}>
          {Object.entries(languageNames).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </footer>
  );
}

function ConnectionLine() {
  const { t } = useTexts();
  const { name } = useConnection();
  const isTrying = name === "connecting" || name === "waiting";
  const isKept = name === "blocked" || name === "idle" || name === "closed";
  const text = name === "online" ? t.online : isTrying ? t.connecting : isKept ? t.idle : t.offline;
  return (
    <span className="connection-line" data-state={name}>
      {text}
    </span>
  );
}
