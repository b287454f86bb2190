import type { PushPayload } from "../../protocol/push-payload.ts";

/** What a worker tells its pages: of a push they see anyway, or that somebody followed a notification. */
export interface PushWord {
  readonly type: "tidings.pushed" | "tidings.opened";
  readonly payload: PushPayload;
}

/** What was pushed, read; undefined if it is none of ours, or of a version to come. */
export function readPushPayload(value: unknown): PushPayload | undefined {
  if (!isObject(value) || value["version"] !== 1) return undefined;
  const { conversationId, messageId, seq, count, sound, badge } = value;
  if (typeof conversationId !== "string" || typeof messageId !== "string") return undefined;
  if (typeof seq !== "number" || typeof count !== "number" || typeof badge !== "number") return undefined;
  return {
    ...{ version: 1, conversationId, messageId, seq, count, badge, sound: sound !== false },
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
  return payload && (type === "tidings.pushed" || type === "tidings.opened") ? { type, payload } : undefined;
}

function textIn<Name extends "authorId" | "name" | "text">(
  value: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [Key in Name]?: string } {
  const text = value[name];
  const found: { [Key in "authorId" | "name" | "text"]?: string } = {};
  if (typeof text === "string") found[name] = text;
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
