import type { JsonObject } from "../base/json.ts";
import type { MessageContent, MessageForward, MessageKind, MessageOrigin, TextRange } from "./content.ts";
import type { NoteRecord } from "./notes.ts";
import type { NotificationLevel } from "./notify-rules.ts";
import type { PollTally } from "./polls.ts";

export type { MessageContent, MessageForward, MessageKind, MessageOrigin, NotificationLevel, TextRange };

/**
 * Records: the state of a conversation. Each carries the revision of its last change, so that applying a change is
 * "keep the higher rev". No record grows with the number of people.
 */
export type AnyRecord = ConversationRecord | ParticipantRecord | MessageRecord | NoteRecord;

/** `notebook`: of one person, who keeps their notes there; it holds nothing else and is in no list. */
export type ConversationKind = "direct" | "group" | "space" | "community" | "notebook";
/** `muted`: only moderators and above may write. `archived`: nobody may, until it is active again. */
export type ConversationStatus = "active" | "archived" | "muted" | "deleted";

export interface ConversationSettings {
  /** Do typing signals travel? */
  readonly typing: boolean;
  /** Do receipts travel? */
  readonly receipts: boolean;
  /** Overrides the server's rate per user for this conversation. */
  readonly messagesPerMinute?: number;
  /** Nothing of what is said here leaves it: a notification says no more than that there is something. */
  readonly confidential?: boolean;
  /** `false`: nobody looks up what the links here lead to. */
  readonly previews?: boolean;
  /** Which messages are kept; what the server itself does not keep is not kept either. Owners decide. */
  readonly retention?: ConversationRetention;
}

/** What is not kept is deleted for good, the oldest first. */
export interface ConversationRetention {
  /** Older messages are not kept. */
  readonly maxAgeMs?: number;
  /** Only the newest so many are. */
  readonly maxMessages?: number;
}

/** @typeParam Custom - of `custom`; any JSON object unless the app has a schema. */
export interface ConversationRecord<Custom = JsonObject> {
  readonly type: "conversation";
  readonly conversationId: string;
  readonly rev: number;
  readonly kind: ConversationKind;
  readonly status: ConversationStatus;
  readonly name?: string;
  readonly description?: string;
  readonly custom?: Custom;
  readonly settings: ConversationSettings;
  /** Messages of a lower sequence are not kept any more. */
  readonly floorSeq?: number;
  readonly createdBy: string;
  /** Server time, ms. */
  readonly createdAt: number;
}

export type Role = "owner" | "admin" | "moderator" | "member";
export type ParticipantStatus = "active" | "left" | "removed" | "banned" | "muted";

export interface ParticipantRecord {
  readonly type: "participant";
  readonly conversationId: string;
  readonly userId: string;
  readonly rev: number;
  readonly role: Role;
  readonly status: ParticipantStatus;
  /** With status `muted`: until when, server time in ms; for good if absent. */
  readonly mutedUntil?: number;
  /** Narrower than the role allows; absent means what the role says. */
  readonly canSend?: boolean;
  readonly canUpload?: boolean;
  readonly notify?: NotificationLevel;
  readonly joinedAt: number;
}

export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  /** The first few who reacted; everybody, and one's own, by query. */
  readonly userIds: readonly string[];
}

/** @typeParam Custom - of `custom`; any JSON object unless the app has a schema. */
export interface MessageRecord<Custom = JsonObject> {
  readonly type: "message";
  /** The id of the command that sent it; never changes. */
  readonly id: string;
  readonly conversationId: string;
  readonly rev: number;
  /** Its place, fixed for ever; dense per conversation, from 1. */
  readonly seq: number;
  readonly kind: MessageKind;
  readonly authorId: string;
  /** Empty text once deleted. */
  readonly content: MessageContent;
  readonly custom?: Custom;
  readonly replyTo?: string;
  readonly threadId?: string;
  readonly origin?: MessageOrigin;
  /** Of a poll. */
  readonly tally?: PollTally;
  /** Sender's clock, ms: for display only, orders nothing. */
  readonly sentAt: number;
  /** Server time, ms. */
  readonly createdAt: number;
  /** How often it was edited; the earlier texts by query. */
  readonly version: number;
  readonly editedAt?: number;
  readonly deletedAt?: number;
  readonly deletedBy?: string;
  readonly pinnedAt?: number;
  readonly pinnedBy?: string;
  /** Moderators have masked some of it, or, once it is deleted, removed it. */
  readonly moderated?: boolean;
  /** Why they removed it. */
  readonly reason?: string;
  readonly reactions: readonly Reaction[];
}

/** An earlier text of an edited message. */
export interface MessageVersion {
  readonly messageId: string;
  /** 0 is the text first sent. */
  readonly version: number;
  readonly content: MessageContent;
  /** When this text was replaced, and by whom. */
  readonly replacedAt: number;
  readonly replacedBy: string;
}
