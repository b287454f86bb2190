import { randomUUID } from "node:crypto";
import type { Applied, ApplyContext } from "@tidings/core/domain";
import type { Command } from "@tidings/core/protocol";

/** What is written down: what somebody does to others, or to what others own. */
export type AuditAction =
  | Audited
  /** Done by whoever runs the server, not by a command. */
  | "user.erase"
  | "conversation.erase"
  | "user.export"
  | "conversation.export"
  | "server.export"
  | "server.import"
  | "token.issue"
  /** Moderators let it be said, and somebody is to look at it; `detail` has their reason and score. */
  | "message.flag"
  /** The same of what a conversation is called, or says of itself; by whom is the subject. */
  | "conversation.flag"
  /** What moderators decided of a case; the commands that go with it are written down by themselves. */
  | `case.${"approve" | "remove" | "ban"}`;

/** One thing that was done. */
export interface AuditEntry {
  /** Server time, ms. */
  readonly at: number;
  /** The user, `"system"`, or whatever your backend calls itself. */
  readonly actorId: string;
  readonly action: AuditAction;
  /** Whom it was done to: a user, or a message. */
  readonly subject?: string;
  readonly conversationId?: string;
  /** As a new role. Never what somebody wrote. */
  readonly detail?: string;
}

/** Entries of one actor, one subject or one conversation; or all. */
export interface AuditQuery {
  readonly by?: "actorId" | "subject" | "conversationId";
  /** The one that `by` names. */
  readonly id?: string;
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export interface AuditPage {
  /** The newest first. */
  readonly items: readonly AuditEntry[];
  /** Absent on the last page. */
  readonly next?: string;
}

/**
 * Who did what to whom, and when. Entries are only ever added, those of commands in the very transaction of the
 * command; the database itself refuses to change them, and to delete any that is not past its time. When a person is
 * erased a pseudonym takes their place.
 */
export interface Audit {
  note(entry: AuditEntry): Promise<void>;
  page(query: AuditQuery): Promise<AuditPage>;
  /** Deletes entries made before `before` (server time, ms), a bounded number at a time; how many it deleted. */
  forget(before: number): Promise<number>;
}

/** Entries deleted in one call, so that it never holds up commits for long. */
export const AUDIT_AT_ONCE = 1_000;

/** Commands that are written down; those about messages only if somebody else wrote the message. */
type Audited = Extract<
  Command["type"],
  | "participant.remove"
  | "participant.ban"
  | "participant.unban"
  | "participant.mute"
  | "participant.unmute"
  | "participant.role"
  | "participant.permissions"
  | "conversation.status"
  | "conversation.prune"
  | "message.delete"
  | "poll.close"
>;

/** What is to be written down of a command that took effect; undefined for most. */
export function auditOf(command: Command, context: ApplyContext, applied: Applied): AuditEntry | undefined {
  if (!applied.ok || applied.changes.length === 0) return undefined;
  const { conversationId } = command;
  const entry = { at: context.at, actorId: context.actorId, conversationId };
  switch (command.type) {
    case "participant.remove":
    case "participant.ban":
    case "participant.unban":
    case "participant.mute":
    case "participant.unmute":
    case "participant.permissions":
      return { ...entry, action: command.type, subject: command.userId };
    case "participant.role":
      return { ...entry, action: command.type, subject: command.userId, detail: command.role };
    case "conversation.status":
      return { ...entry, action: command.type, detail: command.status };
    case "conversation.prune":
      return { ...entry, action: command.type, detail: String(command.floorSeq) };
    case "poll.close":
    case "message.delete": {
      const [change] = applied.changes;
      const isOwn = change?.record.type === "message" && change.record.authorId === context.actorId;
      return isOwn ? undefined : { ...entry, action: command.type, subject: command.messageId };
    }
    case "conversation.create":
    case "conversation.update":
    case "participant.add":
    case "participant.join":
    case "participant.leave":
    case "participant.notify":
    case "message.send":
    case "message.edit":
    case "message.react":
    case "message.unreact":
    case "message.pin":
    case "message.unpin":
    case "poll.vote":
    case "note.set":
    case "note.clear":
    case "receipt.mark":
      return undefined;
  }
}

/** What stands for a person who was erased: the same in all entries of that moment, and nobody's name. */
export function pseudonym(): string {
  return `erased-${randomUUID()}`;
}

/** A row of the table of either database; what is absent is an empty text. */
export interface AuditRow {
  readonly key: number;
  readonly at: number;
  readonly actor_id: string;
  readonly action: AuditAction;
  readonly subject: string;
  readonly conversation_id: string;
  readonly detail: string;
}

/** Columns by the name an entry has for them. */
export const auditColumns = {
  actorId: "actor_id",
  subject: "subject",
  conversationId: "conversation_id",
} as const;

export function entryOf(row: AuditRow): AuditEntry {
  const { at, actor_id: actorId, action, subject, conversation_id: conversationId, detail } = row;
  return {
    ...{ at, actorId, action },
    ...(subject !== "" && { subject }),
    ...(conversationId !== "" && { conversationId }),
    ...(detail !== "" && { detail }),
  };
}

/** Where a page begins: before the entry whose key its token is. */
export function keyBefore({ after }: AuditQuery): number {
  return after !== undefined && /^\d{1,15}$/u.test(after) ? Number(after) : Number.MAX_SAFE_INTEGER;
}
