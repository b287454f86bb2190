import { noteIdOf, NOTEBOOKS } from "../../protocol/notes.ts";
import type { PushPayload } from "../../protocol/push-payload.ts";

/** What a worker tells its pages: of a push, or that somebody followed a notification. */
export interface PushWord {
  readonly type: "tidings.pushed" | "tidings.opened";
  readonly payload: PushPayload;
  /** Of a push: nobody looks at a page, so the worker shows a notification, and pages need show none. */
  readonly isShown?: boolean;
}

/**
 * Of two notifications with the same tag the later one takes the place of the first: there is one of each conversation, and
 * beside them one of each reminder. No conversation has an id as a reminder's tag is.
 */
export function tagOf({
  conversationId,
  messageId,
  dueAt,
}: Pick<PushPayload, "conversationId" | "messageId" | "dueAt">): string {
  return dueAt === undefined
    ? conversationId
    : NOTEBOOKS + noteIdOf({ kind: "reminder", conversationId, messageId });
}

/** What was pushed, read; undefined if it is none of ours, or of a version to come. */
export function readPushPayload(value: unknown): PushPayload | undefined {
  if (!isObject(value) || value["version"] !== 1) return undefined;
  const { conversationId, messageId, seq, count, sound, badge } = value;
  if (typeof conversationId !== "string" || typeof messageId !== "string") return undefined;
  if (typeof seq !== "number" || typeof count !== "number" || typeof badge !== "number") return undefined;
  return {
    ...{ version: 1, conversationId, messageId, seq, count, badge, sound: sound !== false },
    ...(typeof value["dueAt"] === "number" && { dueAt: value["dueAt"] }),
    ...textIn(value, "note"),
    ...textIn(value, "authorId"),
    ...textIn(value, "name"),
    ...textIn(value, "text"),
  };
}

/** What a worker said; undefined if it was about something else. */
export function readPushWord(value: unknown): PushWord | undefined {
  if (!isObject(value)) return undefined;
  const { type } = value;
  const payload = readPushPayload(value["payload"]);
  if (!payload || (type !== "tidings.pushed" && type !== "tidings.opened")) return undefined;
  return { type, payload, isShown: value["isShown"] === true };
}

type TextName = "note" | "authorId" | "name" | "text";

function textIn<Name extends TextName>(
  value: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [Key in Name]?: string } {
  const text = value[name];
  const found: { [Key in TextName]?: string } = {};
  if (typeof text === "string") found[name] = text;
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
