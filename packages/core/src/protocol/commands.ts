import * as z from "zod/mini";
import type { JsonObject } from "../base/json.ts";
import { noteSubject } from "./note-schemas.ts";
import type { NoteSubject, NoteValue } from "./notes.ts";
import { choices } from "./poll-schemas.ts";
import {
  conversationKind,
  conversationSettings,
  conversationStatus,
  description,
  emoji,
  messageContent,
  messageForward,
  messageKind,
  name,
  noteValue,
  notificationLevel,
  reason,
  role,
} from "./record-schemas.ts";
import type {
  ConversationKind,
  ConversationSettings,
  ConversationStatus,
  MessageContent,
  MessageForward,
  MessageKind,
  NotificationLevel,
  Role,
} from "./records.ts";
import { count, custom, id, list, type Schema, uuid } from "./schema.ts";

/** What every command carries. */
interface Common {
  /** Minted by the client (UUIDv7); the idempotency key from end to end (D2). */
  readonly commandId: string;
  readonly conversationId: string;
  /** The client's clock when the person did it, ms: for display only, orders nothing. */
  readonly at: number;
}

interface OnParticipant extends Common {
  readonly userId: string;
}

interface OnMessage extends Common {
  readonly messageId: string;
}

/** A person to begin a conversation with. */
export interface Invitation {
  readonly userId: string;
  readonly role?: Role;
}

export interface CreateConversation extends Common {
  readonly type: "conversation.create";
  readonly kind: ConversationKind;
  readonly name?: string;
  readonly description?: string;
  readonly custom?: JsonObject;
  readonly settings?: ConversationSettings;
  readonly participants?: readonly Invitation[];
}

export interface UpdateConversation extends Common {
  readonly type: "conversation.update";
  readonly name?: string;
  readonly description?: string;
  readonly custom?: JsonObject;
  readonly settings?: ConversationSettings;
}

/** Archives, reactivates, mutes or deletes a conversation. */
export interface SetConversationStatus extends Common {
  readonly type: "conversation.status";
  readonly status: ConversationStatus;
}

/** Messages below `floorSeq` are not kept any more. Only the server says so. */
export interface PruneConversation extends Common {
  readonly type: "conversation.prune";
  readonly floorSeq: number;
}

export interface AddParticipant extends OnParticipant {
  readonly type: "participant.add";
  readonly role?: Role;
}

/** Joins a community, or a space, oneself. */
export interface JoinConversation extends Common {
  readonly type: "participant.join";
}

export interface LeaveConversation extends Common {
  readonly type: "participant.leave";
}

export interface RemoveParticipant extends OnParticipant {
  readonly type: "participant.remove" | "participant.ban" | "participant.unban" | "participant.unmute";
}

export interface MuteParticipant extends OnParticipant {
  readonly type: "participant.mute";
  /** Server time, ms; for good if absent. */
  readonly until?: number;
}

export interface SetRole extends OnParticipant {
  readonly type: "participant.role";
  readonly role: Role;
}

/** Narrows what one participant may do, or lifts that again. */
export interface SetPermissions extends OnParticipant {
  readonly type: "participant.permissions";
  readonly canSend?: boolean;
  readonly canUpload?: boolean;
}

/** One's own notification level. */
export interface SetNotify extends Common {
  readonly type: "participant.notify";
  readonly notify: NotificationLevel;
}

/** Says something. The message's id is this command's id. */
export interface SendMessage extends Common {
  readonly type: "message.send";
  readonly kind: MessageKind;
  readonly content: MessageContent;
  readonly custom?: JsonObject;
  /** The message answered. */
  readonly replyTo?: string;
  /** The message whose thread this belongs to. */
  readonly threadId?: string;
  /**
   * Which message this forwards, of whatever conversation the sender is in. A backend takes `kind`, `content` and
   * `custom` from there: what the command says of them is shown until it has answered.
   */
  readonly forward?: MessageForward;
}

export interface EditMessage extends OnMessage {
  readonly type: "message.edit";
  readonly content: MessageContent;
  readonly custom?: JsonObject;
}

export interface ChangeMessage extends OnMessage {
  readonly type: "message.delete" | "message.pin" | "message.unpin" | "poll.close";
  /** Why somebody else's message is deleted; shown in its place. */
  readonly reason?: string;
}

export interface ReactToMessage extends OnMessage {
  readonly type: "message.react" | "message.unreact";
  readonly emoji: string;
}

/** One's own vote, in place of any before it; no choices withdraw it. */
export interface VoteInPoll extends OnMessage {
  readonly type: "poll.vote";
  /** Indexes of the poll's options. */
  readonly choices: readonly number[];
}

/**
 * Moves one's own watermarks up (down is impossible). Commutes with everything, so it travels outside the lane and
 * takes no revision.
 */
export interface MarkReceipt extends Common {
  readonly type: "receipt.mark";
  readonly deliveredSeq?: number;
  readonly readSeq?: number;
}

interface OnNote extends Common {
  readonly subject: NoteSubject;
}

/** Keeps something for oneself, in one's own notebook: of several devices the last counts, by the backend's order. */
export interface SetNote extends OnNote {
  readonly type: "note.set";
  readonly value: NoteValue;
}

export interface ClearNote extends OnNote {
  readonly type: "note.clear";
}

/** Everything a person does durably. */
export type Command =
  | CreateConversation
  | UpdateConversation
  | SetConversationStatus
  | PruneConversation
  | AddParticipant
  | JoinConversation
  | LeaveConversation
  | RemoveParticipant
  | MuteParticipant
  | SetRole
  | SetPermissions
  | SetNotify
  | SendMessage
  | EditMessage
  | ChangeMessage
  | ReactToMessage
  | VoteInPoll
  | SetNote
  | ClearNote
  | MarkReceipt;

export type CommandType = Command["type"];

/** The wire's bound on people invited by one command; the policy may say fewer. */
export const MOST_INVITATIONS = 1_000;

const common = { commandId: uuid, conversationId: id, at: count };
const onParticipant = { ...common, userId: id };
const onMessage = { ...common, messageId: uuid };
const described = {
  name: z.exactOptional(name),
  description: z.exactOptional(description),
  custom: z.exactOptional(custom),
  settings: z.exactOptional(conversationSettings),
};
const invitation: Schema<Invitation> = z.object({ userId: id, role: z.exactOptional(role) });

/** Any command, told apart by `type`. */
export const command: Schema<Command> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("message.send"),
    ...common,
    kind: messageKind,
    content: messageContent,
    custom: z.exactOptional(custom),
    replyTo: z.exactOptional(uuid),
    threadId: z.exactOptional(uuid),
    forward: z.exactOptional(messageForward),
  }),
  z.object({
    type: z.literal("message.edit"),
    ...onMessage,
    content: messageContent,
    custom: z.exactOptional(custom),
  }),
  z.object({
    type: z.enum(["message.delete", "message.pin", "message.unpin", "poll.close"]),
    ...onMessage,
    reason: z.exactOptional(reason),
  }),
  z.object({ type: z.literal("poll.vote"), ...onMessage, choices }),
  z.object({ type: z.enum(["message.react", "message.unreact"]), ...onMessage, emoji }),
  z.object({
    type: z.literal("receipt.mark"),
    ...common,
    deliveredSeq: z.exactOptional(count),
    readSeq: z.exactOptional(count),
  }),
  z.object({
    type: z.literal("conversation.create"),
    ...common,
    kind: conversationKind,
    ...described,
    participants: z.exactOptional(list(invitation, MOST_INVITATIONS)),
  }),
  z.object({ type: z.literal("conversation.update"), ...common, ...described }),
  z.object({ type: z.literal("conversation.status"), ...common, status: conversationStatus }),
  z.object({ type: z.literal("conversation.prune"), ...common, floorSeq: count }),
  z.object({ type: z.literal("participant.add"), ...onParticipant, role: z.exactOptional(role) }),
  z.object({ type: z.literal("participant.join"), ...common }),
  z.object({ type: z.literal("participant.leave"), ...common }),
  z.object({
    type: z.enum(["participant.remove", "participant.ban", "participant.unban", "participant.unmute"]),
    ...onParticipant,
  }),
  z.object({ type: z.literal("participant.mute"), ...onParticipant, until: z.exactOptional(count) }),
  z.object({ type: z.literal("participant.role"), ...onParticipant, role }),
  z.object({
    type: z.literal("participant.permissions"),
    ...onParticipant,
    canSend: z.exactOptional(z.boolean()),
    canUpload: z.exactOptional(z.boolean()),
  }),
  z.object({ type: z.literal("participant.notify"), ...common, notify: notificationLevel }),
  z.object({ type: z.literal("note.set"), ...common, subject: noteSubject, value: noteValue }),
  z.object({ type: z.literal("note.clear"), ...common, subject: noteSubject }),
]);
