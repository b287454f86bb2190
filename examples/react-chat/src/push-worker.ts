import { type NotificationText, type PushPayload, servePushes } from "@tidings/core/push";
import { nameOf } from "./lib/people.ts";

const icon = "/icon.svg";
const isGerman = navigator.language.startsWith("de");

/** The page finds out who one is from what it kept: no link is in a notification. */
servePushes(self, {
  textOf: (payload) => ({ icon, ...textOf(payload) }),
  urlOf: ({ conversationId: open, messageId, seq }) =>
    `/?${new URLSearchParams({ open, message: messageId, seq: String(seq) }).toString()}`,
});

const reminder = isGerman ? "Erinnerung" : "Reminder";

function textOf({ authorId, name, text = "…", count, dueAt, note }: PushPayload): NotificationText {
  const isReminder = dueAt !== undefined;
  if (authorId === undefined)
    return { title: isReminder ? reminder : isGerman ? "Neue Nachricht" : "New message" };
  const author = nameOf(authorId);
  if (isReminder) return { title: `${reminder}: ${name ?? author}`, body: note ?? text };
  const title = name ?? author;
  const body = name === undefined ? text : `${author}: ${text}`;
  return { title: count > 1 ? `${title} (${count})` : title, body };
}
