import type { ConversationItem } from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";

/** The demo's user ids are first names; your app looks its people up. */
export function nameOf(userId: string): string {
  const [first = "", ...rest] = userId;
  return first.toUpperCase() + rest.join("");
}

/** One letter for an avatar. */
export function initialOf(name: string): string {
  return String.fromCodePoint(name.trim().codePointAt(0) ?? 63).toUpperCase();
}

/** The same colour for the same id, everywhere: a hue in degrees, by FNV-1a. */
export function hueOf(id: string): number {
  let hash = 2_166_136_261;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash % 360;
}

/** A conversation is called by its name, one between two by the other person. */
export function titleOf({ record, otherId, conversationId }: Omit<ConversationItem, "activeAt">): string {
  return record?.name ?? (otherId === undefined ? nameOf(conversationId) : nameOf(otherId));
}

/** What a message says; nothing of one that is sealed. */
export function textOf({ content }: Pick<MessageRecord, "content">): string {
  return "text" in content ? content.text : "";
}
