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
 * Every code there is: its category, a sentence for the person at the screen, and `true` where the same command may
 * succeed later unchanged. `docs/errors.md` has a heading for each with cause and remedy; a test compares the two.
 * Codes travel on the wire, so one is never renamed, only added.
 */
const registry = {
  "draft/empty": ["input", "There is nothing to send."],
  "draft/too-long": ["input", "This message is too long."],
  "draft/invalid": ["input", "This message cannot be sent as it is."],
  "draft/refused": ["input", "This message was not accepted."],
  "custom/invalid": ["input", "The data that comes with this is not as it should be."],
  "command/malformed": ["input", "This could not be understood by the server."],
  "command/unsupported": ["input", "This is not available here."],
  "command/id-taken": ["conflict", "This was already used by someone else."],
  "command/out-of-order": ["conflict", "Waiting for an earlier message.", true],
  "query/malformed": ["input", "This could not be understood by the server."],
  "conversation/not-found": ["permission", "This conversation does not exist, or you are not in it."],
  "conversation/exists": ["conflict", "There already is a conversation of this name."],
  "conversation/closed": ["permission", "This conversation is closed."],
  "conversation/full": ["limit", "This conversation has no room for more people."],
  "participant/not-found": ["input", "This person is not in the conversation."],
  "participant/exists": ["conflict", "This person is already in the conversation."],
  "participant/unreachable": ["permission", "You cannot reach this person."],
  "participant/last-owner": ["conflict", "Someone else has to become the owner first."],
  "message/not-found": ["input", "This message does not exist."],
  "message/deleted": ["conflict", "This message was deleted."],
  "moderation/refused": ["permission", "This cannot be said here."],
  "moderation/appealed": ["conflict", "You have asked about this already."],
  "moderation/not-found": ["input", "There is nothing to decide here."],
  "moderation/decided": ["conflict", "Somebody else has decided this."],
  "moderation/changed": ["conflict", "This has changed: look at it again."],
  "reaction/limit": ["limit", "This message has too many different reactions."],
  "poll/invalid": ["input", "This cannot be chosen here."],
  "poll/closed": ["conflict", "This poll has ended."],
  "note/limit": ["limit", "You have kept too much; something has to go first."],
  "note/due": ["conflict", "It is too late to change this; it is being sent."],
  "note/too-far": ["limit", "This is too far ahead."],
  "pin/limit": ["limit", "Too many messages are pinned here."],
  "file/too-large": ["limit", "This file is too large."],
  "file/type-refused": ["input", "Files of this kind are not accepted here."],
  "file/quota": ["limit", "You have uploaded too many files. Please wait a while.", true],
  "file/denied": ["permission", "You cannot send files here."],
  "file/not-found": ["input", "This file does not exist."],
  "file/not-ready": ["conflict", "This file is still being checked.", true],
  "file/damaged": ["conflict", "This file did not arrive whole.", true],
  "file/infected": ["input", "This file is harmful. It was removed."],
  "upload/failed": ["connection", "This file could not be sent."],
  "upload/lost": ["storage", "This file is no longer on this device."],
  "upload/unsupported": ["input", "This is not possible on this device."],
  "permission/denied": ["permission", "You are not allowed to do this."],
  "permission/banned": ["permission", "You cannot take part in this conversation."],
  "permission/muted": ["permission", "You cannot write here at the moment."],
  "rate/limited": ["limit", "You are sending too fast. Please wait a moment.", true],
  "outbox/full": ["limit", "Too many messages are waiting to be sent.", true],
  "outbox/cancelled": ["client", "This message was cancelled."],
  "outbox/not-found": ["input", "This message is no longer waiting."],
  "outbox/gave-up": ["connection", "This message could not be sent."],
  "outbox/expired": ["limit", "This message was not sent in time."],
  "connection/failed": ["connection", "The chat server cannot be reached.", true],
  "connection/lost": ["connection", "The connection was lost.", true],
  "connection/timeout": ["connection", "The chat server does not answer.", true],
  "connection/slow": ["connection", "The connection is too slow.", true],
  "connection/offline": ["connection", "You are offline.", true],
  "auth/required": ["auth", "Please sign in."],
  "auth/expired": ["auth", "Your session has to be renewed.", true],
  "auth/invalid": ["auth", "Please sign in again."],
  "auth/unavailable": ["auth", "Signing in is not possible at the moment.", true],
  "auth/origin": ["auth", "This page may not use the chat server."],
  "protocol/malformed": ["protocol", "The app and the chat server do not understand each other."],
  "protocol/version": ["protocol", "This app is too old for the chat server, or too new."],
  "protocol/too-large": ["protocol", "This is too large to be sent."],
  "protocol/hello": ["protocol", "The app and the chat server do not understand each other."],
  "protocol/busy": ["limit", "Too many requests at once.", true],
  "server/internal": ["server", "Something went wrong on the chat server.", true],
  "server/unavailable": ["server", "The chat server is not available at the moment.", true],
  "server/draining": ["server", "The chat server is restarting.", true],
  "server/full": ["server", "The chat server is full at the moment.", true],
  "archive/malformed": ["input", "This file is not as it should be."],
  "archive/damaged": ["input", "This file is not whole."],
  "archive/conflict": ["conflict", "Something in this file is there already."],
  "storage/failed": ["storage", "This device could not store the message.", true],
  "storage/full": ["storage", "This device has no space left for messages."],
  "storage/version": ["storage", "This app is older than what it stored on this device. Please update it."],
  "storage/locked": ["storage", "The messages stored on this device cannot be unlocked."],
  "client/closed": ["client", "The chat was closed."],
  "client/misused": ["client", "The app made a mistake."],
  "client/listener": ["client", "The app made a mistake."],
  "client/unknown": ["client", "Something went wrong.", true],
} as const;

/** The name of a failure, `"area/what"`. Decide by this, never by text. */
export type ErrorCode = keyof typeof registry;

/** All of them, area by area. */
export function allErrorCodes(): readonly ErrorCode[] {
  return Object.keys(registry).filter(isErrorCode);
}

/** What a code means. */
export function entryOf(code: ErrorCode): CodeEntry {
  const [category, text, retryable = false]: readonly [ErrorCategory, string, boolean?] = registry[code];
  return { category, retryable, text };
}

/** A sentence of the registry, or of an issue, as the reason in `unable to <do>; <reason>`. */
export function asReason(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}

/** Is `value` one of our codes? A newer server may send codes this version has never heard of. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(registry, value);
}
