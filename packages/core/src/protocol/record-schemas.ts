import * as z from "zod/mini";
import {
  LONGEST_REASON,
  LONGEST_LINK,
  LONGEST_TEXT,
  MOST_ATTACHMENTS,
  REACTION_NAMES,
  REACTIONS_PER_MESSAGE,
} from "./bounds.ts";
import { attachment } from "./file-schemas.ts";
import { noteSubject, notifyRules } from "./note-schemas.ts";
import type { NoteRecord, NoteValue, PlannedMessage } from "./notes.ts";
import { poll, pollTally } from "./poll-schemas.ts";
import type {
  AnyRecord,
  ConversationKind,
  ConversationRecord,
  ConversationSettings,
  ConversationStatus,
  MessageContent,
  MessageForward,
  MessageKind,
  MessageOrigin,
  MessageRecord,
  MessageVersion,
  NotificationLevel,
  ParticipantRecord,
  Reaction,
  Role,
  TextRange,
} from "./records.ts";
import { count, custom, id, list, type Schema, text, uuid } from "./schema.ts";

const LONGEST_NAME = 256;
const LONGEST_DESCRIPTION = 4_096;
const MOST_RANGES = 500;

export const conversationKind: Schema<ConversationKind> = z.enum([
  "direct",
  "group",
  "space",
  "community",
  "notebook",
]);
export const conversationStatus: Schema<ConversationStatus> = z.enum([
  "active",
  "archived",
  "muted",
  "deleted",
]);
export const role: Schema<Role> = z.enum(["owner", "admin", "moderator", "member"]);
export const notificationLevel: Schema<NotificationLevel> = z.enum(["all", "mentions", "none"]);
export const messageKind: Schema<MessageKind> = z.enum([
  "text",
  "image",
  "video",
  "audio",
  "voice",
  "file",
  "system",
  "announcement",
  "poll",
]);
export const name: Schema<string> = text(LONGEST_NAME);
export const description: Schema<string> = text(LONGEST_DESCRIPTION);
/** One emoji as people see it may be many code points (families, flags). */
export const emoji: Schema<string> = z.string().check(z.regex(/^[^\s\p{Cc}\p{Cs}<>&"']{1,64}$/u));

/** What a person put on a message: an emoji, or the option of a poll (`optionMark`). */
export const mark: Schema<string> = z
  .string()
  .check(z.regex(/^([^\s\p{Cc}\p{Cs}<>&"']{1,64}|option \d\d?)$/u));
/** Why moderators removed something, or why they are to look at it. */
export const reason: Schema<string> = text(LONGEST_REASON);
const amount = z.int().check(z.positive());

export const conversationSettings: Schema<ConversationSettings> = z.object({
  typing: z.boolean(),
  receipts: z.boolean(),
  messagesPerMinute: z.exactOptional(amount),
  confidential: z.exactOptional(z.boolean()),
  previews: z.exactOptional(z.boolean()),
  retention: z.exactOptional(
    z.object({ maxAgeMs: z.exactOptional(amount), maxMessages: z.exactOptional(amount) }),
  ),
});

const textRange: Schema<TextRange> = z.object({
  type: z.enum(["link", "mention", "group", "hashtag"]),
  start: count,
  end: count,
  value: text(LONGEST_LINK),
});

export const messageContent: Schema<MessageContent> = z.union([
  z.object({
    text: text(LONGEST_TEXT),
    ranges: z.exactOptional(list(textRange, MOST_RANGES)),
    attachments: z.exactOptional(list(attachment, MOST_ATTACHMENTS)),
    poll: z.exactOptional(poll),
  }),
  z.object({ sealed: text(2 * LONGEST_TEXT), scheme: text(64) }),
]);

const messageOrigin: Schema<MessageOrigin> = z.object({
  conversationId: id,
  messageId: uuid,
  authorId: id,
});

export const messageForward: Schema<MessageForward> = z.object({
  conversationId: id,
  messageId: uuid,
  authorId: z.exactOptional(id),
});

const reaction: Schema<Reaction> = z.object({ emoji, count, userIds: list(id, REACTION_NAMES) });

const conversation = z.object({
  type: z.literal("conversation"),
  conversationId: id,
  rev: count,
  kind: conversationKind,
  status: conversationStatus,
  name: z.exactOptional(name),
  description: z.exactOptional(description),
  custom: z.exactOptional(custom),
  settings: conversationSettings,
  floorSeq: z.exactOptional(count),
  createdBy: id,
  createdAt: count,
});
export const conversationRecord: Schema<ConversationRecord> = conversation;

const participant = z.object({
  type: z.literal("participant"),
  conversationId: id,
  userId: id,
  rev: count,
  role,
  status: z.enum(["active", "left", "removed", "banned", "muted"]),
  mutedUntil: z.exactOptional(count),
  canSend: z.exactOptional(z.boolean()),
  canUpload: z.exactOptional(z.boolean()),
  notify: z.exactOptional(notificationLevel),
  joinedAt: count,
});
export const participantRecord: Schema<ParticipantRecord> = participant;

const message = z.object({
  type: z.literal("message"),
  id: uuid,
  conversationId: id,
  rev: count,
  seq: count,
  kind: messageKind,
  authorId: id,
  content: messageContent,
  custom: z.exactOptional(custom),
  replyTo: z.exactOptional(uuid),
  threadId: z.exactOptional(uuid),
  origin: z.exactOptional(messageOrigin),
  tally: z.exactOptional(pollTally),
  sentAt: count,
  createdAt: count,
  version: count,
  editedAt: z.exactOptional(count),
  deletedAt: z.exactOptional(count),
  deletedBy: z.exactOptional(id),
  pinnedAt: z.exactOptional(count),
  pinnedBy: z.exactOptional(id),
  moderated: z.exactOptional(z.boolean()),
  reason: z.exactOptional(reason),
  reactions: list(reaction, REACTIONS_PER_MESSAGE),
});
export const messageRecord: Schema<MessageRecord> = message;

const plannedMessage: Schema<PlannedMessage> = z.object({
  kind: messageKind,
  content: messageContent,
  custom: z.exactOptional(custom),
  replyTo: z.exactOptional(uuid),
  threadId: z.exactOptional(uuid),
  forward: z.exactOptional(messageForward),
});

export const noteValue: Schema<NoteValue> = z.object({
  until: z.exactOptional(count),
  text: z.exactOptional(text(LONGEST_TEXT)),
  seq: z.exactOptional(count),
  rules: z.exactOptional(notifyRules),
  dueAt: z.exactOptional(count),
  message: z.exactOptional(plannedMessage),
  firedAt: z.exactOptional(count),
  tellingAt: z.exactOptional(count),
  code: z.exactOptional(text(64)),
  outcome: z.exactOptional(z.enum(["granted", "refused"])),
});

const note = z.object({
  type: z.literal("note"),
  conversationId: id,
  rev: count,
  subject: noteSubject,
  value: z.exactOptional(noteValue),
  at: count,
});
export const noteRecord: Schema<NoteRecord> = note;

export const messageVersion: Schema<MessageVersion> = z.object({
  messageId: uuid,
  version: count,
  content: messageContent,
  replacedAt: count,
  replacedBy: id,
});

/** Any record, told apart by `type`. */
export const anyRecord: Schema<AnyRecord> = z.discriminatedUnion("type", [
  message,
  participant,
  conversation,
  note,
]);
