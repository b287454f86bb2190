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
export function textOf({ content }: MessageRecord): string {
  return "text" in content ? content.text : "";
}

export interface Picture {
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture of a message: its `custom` data, as the demo writes it. Whoever sends decides what stands there, so it is
 * looked at closely; the size comes with it, so that the page does not move when the picture arrives.
 */
export function pictureOf({ custom }: MessageRecord): Picture | undefined {
  const picture = custom?.["picture"];
  if (typeof picture !== "object" || picture === null || !("src" in picture)) return undefined;
  const { src, width, height } = picture;
  if (typeof src !== "string" || !/^\/[\w./-]+$/.test(src)) return undefined;
  return typeof width === "number" && typeof height === "number" && width > 0 && height > 0
    ? { src, width, height }
    : undefined;
}
