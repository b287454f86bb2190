/** What kind of trouble a code means; enough to choose an icon or a metric, not to decide what to do. */
export type ErrorCategory =
  | "input"
  | "permission"
  | "conflict"
  | "limit"
  | "connection"
  | "auth"
  | "protocol"
  | "server"
  | "storage"
  | "client";

/** One code: what it means, and whether the same command may succeed later unchanged. */
export interface CodeEntry {
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  /** A sentence for the person at the screen, in English. */
  readonly text: string;
}

/**
 * Every code there is. `docs/errors.md` has a heading for each with cause and remedy; a test compares the two.
 * Codes travel on the wire, so one is never renamed, only added.
 */
export const errorCodes = {
  "draft/empty": { category: "input", retryable: false, text: "There is nothing to send." },
  "draft/too-long": { category: "input", retryable: false, text: "This message is too long." },
  "draft/invalid": { category: "input", retryable: false, text: "This message cannot be sent as it is." },
  "draft/refused": { category: "input", retryable: false, text: "This message was not accepted." },

  "command/malformed": {
    category: "input",
    retryable: false,
    text: "This could not be understood by the server.",
  },
  "command/unsupported": { category: "input", retryable: false, text: "This is not available here." },
  "command/id-taken": {
    category: "conflict",
    retryable: false,
    text: "This was already used by someone else.",
  },
  "command/out-of-order": { category: "conflict", retryable: true, text: "Waiting for an earlier message." },
  "query/malformed": {
    category: "input",
    retryable: false,
    text: "This could not be understood by the server.",
  },

  "conversation/not-found": {
    category: "permission",
    retryable: false,
    text: "This conversation does not exist, or you are not in it.",
  },
  "conversation/exists": {
    category: "conflict",
    retryable: false,
    text: "There already is a conversation of this name.",
  },
  "conversation/closed": { category: "permission", retryable: false, text: "This conversation is closed." },
  "conversation/full": {
    category: "limit",
    retryable: false,
    text: "This conversation has no room for more people.",
  },
  "participant/not-found": {
    category: "input",
    retryable: false,
    text: "This person is not in the conversation.",
  },
  "participant/exists": {
    category: "conflict",
    retryable: false,
    text: "This person is already in the conversation.",
  },
  "participant/last-owner": {
    category: "conflict",
    retryable: false,
    text: "Someone else has to become the owner first.",
  },
  "message/not-found": { category: "input", retryable: false, text: "This message does not exist." },
  "message/deleted": { category: "conflict", retryable: false, text: "This message was deleted." },
  "reaction/limit": {
    category: "limit",
    retryable: false,
    text: "This message has too many different reactions.",
  },
  "pin/limit": { category: "limit", retryable: false, text: "Too many messages are pinned here." },
  "permission/denied": { category: "permission", retryable: false, text: "You are not allowed to do this." },
  "permission/banned": {
    category: "permission",
    retryable: false,
    text: "You cannot take part in this conversation.",
  },
  "permission/muted": {
    category: "permission",
    retryable: false,
    text: "You cannot write here at the moment.",
  },

  "rate/limited": {
    category: "limit",
    retryable: true,
    text: "You are sending too fast. Please wait a moment.",
  },
  "outbox/full": { category: "limit", retryable: true, text: "Too many messages are waiting to be sent." },
  "outbox/cancelled": { category: "client", retryable: false, text: "This message was cancelled." },
  "outbox/not-found": { category: "input", retryable: false, text: "This message is no longer waiting." },
  "outbox/gave-up": { category: "connection", retryable: false, text: "This message could not be sent." },
  "outbox/expired": { category: "limit", retryable: false, text: "This message was not sent in time." },

  "connection/failed": {
    category: "connection",
    retryable: true,
    text: "The chat server cannot be reached.",
  },
  "connection/lost": { category: "connection", retryable: true, text: "The connection was lost." },
  "connection/timeout": { category: "connection", retryable: true, text: "The chat server does not answer." },
  "connection/slow": { category: "connection", retryable: true, text: "The connection is too slow." },
  "connection/offline": { category: "connection", retryable: true, text: "You are offline." },

  "auth/required": { category: "auth", retryable: false, text: "Please sign in." },
  "auth/expired": { category: "auth", retryable: true, text: "Your session has to be renewed." },
  "auth/invalid": { category: "auth", retryable: false, text: "Please sign in again." },
  "auth/unavailable": {
    category: "auth",
    retryable: true,
    text: "Signing in is not possible at the moment.",
  },
  "auth/origin": { category: "auth", retryable: false, text: "This page may not use the chat server." },

  "protocol/malformed": {
    category: "protocol",
    retryable: false,
    text: "The app and the chat server do not understand each other.",
  },
  "protocol/version": {
    category: "protocol",
    retryable: false,
    text: "This app is too old for the chat server, or too new.",
  },
  "protocol/too-large": { category: "protocol", retryable: false, text: "This is too large to be sent." },
  "protocol/hello": {
    category: "protocol",
    retryable: false,
    text: "The app and the chat server do not understand each other.",
  },
  "protocol/busy": { category: "limit", retryable: true, text: "Too many requests at once." },

  "server/internal": {
    category: "server",
    retryable: true,
    text: "Something went wrong on the chat server.",
  },
  "server/unavailable": {
    category: "server",
    retryable: true,
    text: "The chat server is not available at the moment.",
  },
  "server/draining": { category: "server", retryable: true, text: "The chat server is restarting." },
  "server/full": { category: "server", retryable: true, text: "The chat server is full at the moment." },

  "storage/failed": {
    category: "storage",
    retryable: true,
    text: "This device could not store the message.",
  },
  "storage/full": {
    category: "storage",
    retryable: false,
    text: "This device has no space left for messages.",
  },
  "storage/version": {
    category: "storage",
    retryable: false,
    text: "This app is older than what it stored on this device. Please update it.",
  },
  "storage/locked": {
    category: "storage",
    retryable: false,
    text: "The messages stored on this device cannot be unlocked.",
  },

  "client/closed": { category: "client", retryable: false, text: "The chat was closed." },
  "client/misused": { category: "client", retryable: false, text: "The app made a mistake." },
  "client/listener": { category: "client", retryable: false, text: "The app made a mistake." },
  "client/unknown": { category: "client", retryable: true, text: "Something went wrong." },
} as const;

/** The name of a failure, `"area/what"`. Decide by this, never by text. */
export type ErrorCode = keyof typeof errorCodes;

/** A sentence of the registry, or of an issue, as the reason in `unable to <do>; <reason>`. */
export function asReason(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}

/** Is `value` one of our codes? A newer server may send codes this version has never heard of. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(errorCodes, value);
}
