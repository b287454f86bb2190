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

function textOf({ authorId, name, text = "…", count }: PushPayload): NotificationText {
  if (authorId === undefined) return { title: isGerman ? "Neue Nachricht" : "New message" };
  const author = nameOf(authorId);
  const title = name ?? author;
  const body = name === undefined ? text : `${author}: ${text}`;
  return { title: count > 1 ? `${title} (${count})` : title, body };
}
