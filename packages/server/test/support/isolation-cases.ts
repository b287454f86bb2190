import { command, type CommandType, query, type Query, type QueryType } from "@tidings/core/protocol";
import * as z from "zod";
import { type Draft, message, newId } from "./raw-client.ts";

/** What a case is about: a conversation, a message in it, and somebody who is in it. */
export interface Target {
  readonly conversationId: string;
  readonly messageId: string;
  readonly userId: string;
  /** One that is in the conversation. */
  readonly fileId: string;
}

const onParticipant =
  <Type extends CommandType>(type: Type) =>
  ({ conversationId, userId }: Target) => ({ type, conversationId, userId });
const onMessage =
  <Type extends CommandType>(type: Type) =>
  ({ conversationId, messageId }: Target) => ({ type, conversationId, messageId });

/** One of every command. `conversation.create` is apart: whoever chooses an id that is taken has to be told. */
const commandCases: {
  readonly [Type in Exclude<CommandType, "conversation.create">]: (target: Target) => Draft;
} = {
  "message.send": ({ conversationId }) => message(conversationId, "hello?"),
  "message.edit": (target) => ({ ...onMessage("message.edit")(target), content: { text: "hello?" } }),
  "message.delete": onMessage("message.delete"),
  "message.pin": onMessage("message.pin"),
  "message.unpin": onMessage("message.unpin"),
  "message.react": (target) => ({ ...onMessage("message.react")(target), emoji: "💎" }),
  "message.unreact": (target) => ({ ...onMessage("message.unreact")(target), emoji: "💎" }),
  "poll.vote": (target) => ({ ...onMessage("poll.vote")(target), choices: [0] }),
  "poll.close": onMessage("poll.close"),
  "receipt.mark": ({ conversationId }) => ({ type: "receipt.mark", conversationId, readSeq: 1 }),
  "conversation.update": ({ conversationId }) => ({
    type: "conversation.update",
    conversationId,
    name: "mine",
  }),
  "conversation.prune": ({ conversationId }) => ({ type: "conversation.prune", conversationId, floorSeq: 2 }),
  "conversation.status": ({ conversationId }) => ({
    type: "conversation.status",
    conversationId,
    status: "muted",
  }),
  "participant.join": ({ conversationId }) => ({ type: "participant.join", conversationId }),
  "participant.leave": ({ conversationId }) => ({ type: "participant.leave", conversationId }),
  "participant.notify": ({ conversationId }) => ({
    type: "participant.notify",
    conversationId,
    notify: "none",
  }),
  "participant.add": ({ conversationId }) => ({ type: "participant.add", conversationId, userId: "bea" }),
  "participant.role": (target) => ({ ...onParticipant("participant.role")(target), role: "admin" }),
  "participant.permissions": (target) => ({
    ...onParticipant("participant.permissions")(target),
    canSend: false,
  }),
  "participant.mute": onParticipant("participant.mute"),
  "participant.unmute": onParticipant("participant.unmute"),
  "participant.ban": onParticipant("participant.ban"),
  "participant.unban": onParticipant("participant.unban"),
  // Whose notebook it is decides, and nothing else: all others are not found.
  "note.set": ({ conversationId }) => ({
    ...{ type: "note.set", conversationId, value: {} },
    subject: { kind: "pinned", conversationId },
  }),
  "note.clear": ({ conversationId }) => ({
    ...{ type: "note.clear", conversationId },
    subject: { kind: "pinned", conversationId },
  }),
  "participant.remove": onParticipant("participant.remove"),
};

/** One of every query about a conversation. */
const queryCases: { readonly [Type in Exclude<QueryType, "conversations">]: (target: Target) => Query } = {
  changes: ({ conversationId }) => ({ type: "changes", conversationId, afterRev: 0, limit: 10 }),
  history: ({ conversationId }) => ({ type: "history", conversationId, limit: 10 }),
  conversation: ({ conversationId }) => ({ type: "conversation", conversationId }),
  participants: ({ conversationId }) => ({ type: "participants", conversationId, limit: 10 }),
  versions: ({ conversationId, messageId }) => ({ type: "versions", conversationId, messageId }),
  reactors: ({ conversationId, messageId }) => ({
    type: "reactors",
    conversationId,
    messageId,
    emoji: "💎",
    limit: 10,
  }),
  voters: ({ conversationId, messageId }) => ({
    ...{ type: "voters", conversationId, messageId, option: 0, limit: 10 },
  }),
  receipts: ({ conversationId }) => ({ type: "receipts", conversationId, limit: 10 }),
  search: ({ conversationId }) => ({ type: "search", conversationId, text: "hello", limit: 10 }),
  messages: ({ conversationId, messageId }) => ({
    type: "messages",
    conversationId,
    messageIds: [messageId],
  }),
  thread: ({ conversationId, messageId }) => ({
    ...{ type: "thread", conversationId, threadId: messageId, limit: 10 },
  }),
  pins: ({ conversationId }) => ({ type: "pins", conversationId }),
  "file.upload": ({ conversationId }) => ({
    ...{ type: "file.upload", conversationId, fileId: newId() },
    ...{ name: "a.txt", size: 3, mediaType: "text/plain" },
  }),
  "file.complete": ({ conversationId, fileId }) => ({
    ...{ type: "file.complete", conversationId, fileId, parts: [] },
  }),
  "file.cancel": ({ conversationId, fileId }) => ({ type: "file.cancel", conversationId, fileId }),
  "file.state": ({ conversationId, fileId }) => ({ type: "file.state", conversationId, fileId }),
  "file.download": ({ conversationId, fileId }) => ({ type: "file.download", conversationId, fileId }),
  preview: ({ conversationId, messageId }) => ({
    ...{ type: "preview", conversationId, messageId, url: "https://example.com/" },
  }),
  notes: ({ conversationId }) => ({ type: "notes", conversationId, limit: 10 }),
};

/** By type, and what it says about a target. */
export type Case<What> = readonly [type: string, make: (target: Target) => What];

export const commands: readonly Case<Draft>[] = Object.entries(commandCases);
export const queries: readonly Case<Query>[] = Object.entries(queryCases);

/** Every `type` that a union of the wire knows. */
function typesOf(union: z.core.$ZodType): readonly string[] {
  const variants = z.toJSONSchema(union, { unrepresentable: "any" }).oneOf ?? [];
  return variants.flatMap((variant) => {
    const type = typeof variant === "object" ? variant.properties?.["type"] : undefined;
    if (typeof type !== "object") throw new Error("a variant without a type");
    return (type.enum ?? [type.const]).map(String);
  });
}

/** Of what the wire knows. */
export const knownCommands: readonly string[] = typesOf(command);
export const knownQueries: readonly string[] = typesOf(query);
