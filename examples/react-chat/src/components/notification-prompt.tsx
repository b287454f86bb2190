import { useConnection, useNotifications } from "@tidings/react";
import { useState } from "react";
import type { Destination } from "../lib/chat-actions.ts";
import { textOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";

interface NotificationPromptProps {
  readonly onOpen: (conversationId: string, to: Destination) => void;
  /** Notifications are wanted: what else does it take? */
  readonly onAccept: () => unknown;
}

/** Notifies while this is on screen, and asks for the permission to, once and in answer to a click. */
export function NotificationPrompt({ onOpen, onAccept }: NotificationPromptProps) {
  const { t } = useTexts();
  const [isDismissed, setIsDismissed] = useState(false);
  const { permission, request } = useNotifications({
    isWatching: () => !document.hidden,
    onOpen: (message) => onOpen(message.conversationId, message),
    reminderTextOf: ({ text }, message) => ({
      title: t.reminder,
      body: text ?? (message ? textOf(message) || t.sealed : t.reminded(undefined)),
    }),
    onOpenReminder: (_reminder, message) => message && onOpen(message.conversationId, message),
  });
  const isBlocked = useConnection().name === "blocked"; // one thing after the other
  if (permission !== "default" || isDismissed || isBlocked) return null;

  async function accept(): Promise<void> {
    if ((await request()) === "granted") onAccept();
  }

  return (
    <aside className="prompt">
      <Icon name="bell" />
      <div>
        <p>{t.notificationsAsk}</p>
        <button type="button" className="link" onClick={() => void accept()}>
          {t.notificationsYes}
        </button>
        <button type="button" className="link" onClick={() => setIsDismissed(true)}>
          {t.notificationsNo}
        </button>
      </div>
    </aside>
  );
}
