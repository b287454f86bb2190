import * as z from "zod/mini";
import { type CommandType, MOST_INVITATIONS } from "./commands.ts";
import { choices } from "./poll-schemas.ts";
import { anyRecord, emoji } from "./record-schemas.ts";
import type { AnyRecord } from "./records.ts";
import { receipt, type Receipt } from "./receipts.ts";
import { count, id, list, type Schema, uuid } from "./schema.ts";

/** What happened: the type of the command that made the change. Receipts are not changes. */
export type ChangeKind = Exclude<CommandType, "receipt.mark">;

/** One durable change of one record, as the backend pushes it. Applying it is "keep the higher rev": idempotent. */
export interface Change {
  readonly conversationId: string;
  /** Dense per conversation, from 1, in commit order. */
  readonly rev: number;
  readonly kind: ChangeKind;
  /** Of a vote in an anonymous poll, who asked: who voted is nobody's business. */
  readonly actorId: string;
  /** Server time, ms. */
  readonly at: number;
  /** The command behind it: confirms a pending command even when its ack was lost. */
  readonly commandId: string;
  /** With a reaction: which. */
  readonly emoji?: string;
  /** With a vote that is not anonymous: what for. */
  readonly choices?: readonly number[];
  /** The whole new state. Its `rev` is this change's `rev`, or a higher one in an answer that is given again. */
  readonly record: AnyRecord;
}

/** A command was accepted; what it changed. A duplicate gets the same answer, with records as they are by then. */
export interface Ack {
  readonly commandId: string;
  readonly changes: readonly Change[];
  /** Of `receipt.mark`. */
  readonly receipt?: Receipt;
}

/** Where a conversation stands: what a client that missed nothing has. */
export interface Head {
  readonly conversationId: string;
  readonly rev: number;
  /** Sequence of the newest message; 0 if there is none. */
  readonly seq: number;
}

/** How far a client has followed a conversation. A new epoch (restored backup, migrated server) voids it. */
export interface Cursor {
  readonly epoch: string;
  readonly rev: number;
}

/** One command makes at most this many changes: a conversation, its creator and those invited. */
const MOST_CHANGES: number = 2 + MOST_INVITATIONS;

const changeKind = z.enum([
  "message.send",
  "message.edit",
  "message.delete",
  "message.pin",
  "message.unpin",
  "message.react",
  "message.unreact",
  "poll.vote",
  "poll.close",
  "conversation.create",
  "conversation.update",
  "conversation.status",
  "conversation.prune",
  "participant.add",
  "participant.join",
  "participant.leave",
  "participant.remove",
  "participant.ban",
  "participant.unban",
  "participant.unmute",
  "participant.mute",
  "participant.role",
  "participant.permissions",
  "participant.notify",
  "note.set",
  "note.clear",
] satisfies readonly ChangeKind[]);

export const change: Schema<Change> = z.object({
  conversationId: id,
  rev: count,
  kind: changeKind,
  actorId: id,
  at: count,
  commandId: uuid,
  emoji: z.exactOptional(emoji),
  choices: z.exactOptional(choices),
  record: anyRecord,
});

export const ack: Schema<Ack> = z.object({
  commandId: uuid,
  changes: list(change, MOST_CHANGES),
  receipt: z.exactOptional(receipt),
});

export const head: Schema<Head> = z.object({ conversationId: id, rev: count, seq: count });
