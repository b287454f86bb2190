import {
  useConversation,
  useConversations,
  useMembers,
  useObservable,
  usePresence,
  useReminders,
} from "@tidings/react";
import { nameOf, titleOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar, PresenceAvatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";

/** What stands beside the messages. */
export type Pane =
  { readonly type: "search" | "kept" | "settings" } | { readonly type: "thread"; readonly rootId: string };

interface ChatHeaderProps {
  readonly conversationId: string;
  readonly pane: Pane["type"] | undefined;
  readonly onPane: (pane: Pane | undefined) => void;
  readonly onBack: () => void;
}

/** What the conversation is called, who is in it, and what can be shown beside it. */
export function ChatHeader({ conversationId, pane, onPane, onBack }: ChatHeaderProps) {
  const { t } = useTexts();
  const item = useConversations().find((each) => each.conversationId === conversationId);
  const record = useObservable(useConversation(conversationId).record);
  // Whoever was removed has it no longer in their list.
  const title = item ? titleOf(item) : (record?.name ?? nameOf(conversationId));
  const otherId = item?.otherId;
  const due = useReminders().filter(({ firedAt }) => firedAt !== undefined).length;
  const toggle = (type: "search" | "kept" | "settings"): void => onPane(pane === type ? undefined : { type });
  return (
    <header className="bar chat-header">
      <button type="button" className="icon-button back" aria-label={t.back} onClick={onBack}>
        <Icon name="back" />
      </button>
      {otherId === undefined ? (
        <Avatar id={conversationId} name={title} shape="group" />
      ) : (
        <PresenceAvatar userId={otherId} />
      )}
      <div className="bar-text">
        <h1 id="chat-title" className="bar-title">
          <bdi>{title}</bdi>
        </h1>
        {otherId === undefined ? <Crowd conversationId={conversationId} /> : <Other userId={otherId} />}
      </div>
      {(["search", "kept", "settings"] as const).map((type) => (
        <button
          key={type}
          type="button"
          className="icon-button"
          aria-label={type === "kept" && due > 0 ? `${t.kept}, ${t.remindersDue(due)}` : t[type]}
          aria-pressed={pane === type}
          onClick={() => toggle(type)}
        >
          <Icon name={type === "kept" ? "bookmark" : type} />
          {type === "kept" && due > 0 && (
            <span className="badge" aria-hidden="true">
              {due}
            </span>
          )}
        </button>
      ))}
    </header>
  );
}

function Other({ userId }: { readonly userId: string }) {
  const { t } = useTexts();
  return <span className="bar-note">{t.presences[usePresence(userId)]}</span>;
}

/** The first few by name. */
function Crowd({ conversationId }: { readonly conversationId: string }) {
  const { t, format } = useTexts();
  const members = useMembers(conversationId).filter(
    ({ status }) => status === "active" || status === "muted",
  );
  const names = members.slice(0, 5).map(({ userId }) => nameOf(userId));
  const text = members.length > 5 ? t.members(members.length) : format.list(names);
  return (
    <span className="bar-note" dir="auto">
      {text}
    </span>
  );
}
