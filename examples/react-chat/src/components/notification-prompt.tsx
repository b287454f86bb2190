import { useConnection, useNotebook, useNotifications } from "@tidings/react";
import { useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";

/** Notifies while this is on screen, and asks for the permission to, once and in answer to a click. */
export function NotificationPrompt({ onOpen }: { readonly onOpen: (conversationId: string) => void }) {
  const { t } = useTexts();
  const [isDismissed, setIsDismissed] = useState(false);
  const { conversations } = useNotebook();
  const isMuted = (id: string): boolean =>
    conversations.get().some(({ conversationId, muted }) => muted && conversationId === id);
  const { permission, request } = useNotifications({
    isWatching: ({ conversationId }) => !document.hidden || isMuted(conversationId),
    onOpen: ({ conversationId }) => onOpen(conversationId),
  });
  const isBlocked = useConnection().name === "blocked"; // one thing after the other
  if (permission !== "default" || isDismissed || isBlocked) return null;
  return (
    <aside className="prompt">
      <Icon name="bell" />
      <div>
        <p>{t.notificationsAsk}</p>
        <button type="button" className="link" onClick={() => void request()}>
          {t.notificationsYes}
        </button>
        <button type="button" className="link" onClick={() => setIsDismissed(true)}>
          {t.notificationsNo}
        </button>
      </div>
    </aside>
  );
}
