import type { RecordCounts } from "@tidings/core/domain";
import {
  type AnyRecord,
  type ConversationRecord,
  type Head,
  type MessageRecord,
  type MessageVersion,
  noteIdOf,
  type NoteRecord,
  type ParticipantRecord,
  type Receipt,
} from "@tidings/core/protocol";
import { type Item, type Key, number, numberOf, text, textOf } from "./dynamo.ts";

/**
 * The one table. A partition is a conversation; all that a command may change of it stands there:
 *
 *     pk             sk                        holds
 *     C#<id>         META                      the conversation, its head and counts: what each transaction fights for
 *     C#<id>         M#<message>               a message as it is now
 *     C#<id>         P#<user>                  a participant
 *     C#<id>         N#<note>                  a note, in a notebook
 *     C#<id>         R#<user>                  their watermarks
 *     C#<id>         V#<message>#<version>     an earlier text
 *     C#<id>         X#<message>#<emoji>#<user> a reaction
 *     U#<user>       C#<id>                    somebody is, or was, in a conversation
 *     K#<command>    K                         what a command was answered
 *
 * `byRev` and `bySeq` order the records of a partition by their latest change, and the messages by their place: local
 * indexes, since only those can be read as strongly as the table. `byAuthor` finds what somebody wrote.
 */
export const partitionOf = (conversationId: string): string => `C#${conversationId}`;
export const userPartition = (userId: string): string => `U#${userId}`;
export const META = "META";

export const sortKey = {
  participant: (userId: string): string => `P#${userId}`,
  message: (messageId: string): string => `M#${messageId}`,
  note: (noteId: string): string => `N#${noteId}`,
  receipt: (userId: string): string => `R#${userId}`,
  version: (messageId: string, version: number): string =>
    `V#${messageId}#${String(version).padStart(6, "0")}`,
  /** An emoji may hold a `#`. */
  reaction: (messageId: string, emoji: string, userId: string): string =>
    `X#${messageId}#${encodeURIComponent(emoji)}#${userId}`,
};

/** One conversation's row. */
export interface Meta {
  readonly head: Head;
  readonly conversation: ConversationRecord;
  readonly counts: RecordCounts;
  /** When somebody last said something, or the conversation began. */
  readonly activeAt: number;
  /** When anything last changed; by the clock of whoever changed it. */
  readonly movedAt: number;
}

export const answerKey = (commandId: string): Key => ({ pk: `K#${commandId}`, sk: "K" });

export function metaItem({ head, conversation, counts, activeAt, movedAt }: Meta): Item {
  return {
    ...row(partitionOf(head.conversationId), META, conversation),
    rev: number(conversation.rev),
    headRev: number(head.rev),
    headSeq: number(head.seq),
    members: number(counts.members),
    owners: number(counts.owners),
    pins: number(counts.pins),
    activeAt: number(activeAt),
    movedAt: number(movedAt),
  };
}

export function readMeta(item: Item): Meta {
  const conversation: ConversationRecord = docOf(item);
  const { conversationId } = conversation;
  const count = (name: string): number => numberOf(item, name);
  return {
    head: { conversationId, rev: count("headRev"), seq: count("headSeq") },
    conversation,
    counts: { members: count("members"), owners: count("owners"), pins: count("pins") },
    activeAt: count("activeAt"),
    movedAt: count("movedAt"),
  };
}

/**
 * `expiresAt` of a message counts from when it was said: an edit lengthens nothing, or pages would have holes. What is
 * pinned stays, since pins are counted; `dueAt` tells of every message whether its age is one at which messages are kept.
 */
export function messageItem(record: MessageRecord, retentionMs: number): Item {
  const dueAt = record.createdAt + retentionMs;
  return {
    ...row(partitionOf(record.conversationId), sortKey.message(record.id), record),
    rev: number(record.rev),
    seq: number(record.seq),
    authorId: text(record.authorId),
    createdAt: number(record.createdAt),
    dueAt: number(dueAt),
    ...(record.pinnedAt === undefined && expiry(dueAt)),
  };
}

export function participantItem(record: ParticipantRecord): Item {
  const place = row(partitionOf(record.conversationId), sortKey.participant(record.userId), record);
  return { ...place, rev: number(record.rev), status: text(record.status) };
}

export function noteItem(record: NoteRecord): Item {
  const place = row(partitionOf(record.conversationId), sortKey.note(noteIdOf(record.subject)), record);
  return { ...place, rev: number(record.rev) };
}

export function membershipItem({ userId, conversationId, status }: ParticipantRecord): Item {
  return { pk: text(userPartition(userId)), sk: text(partitionOf(conversationId)), status: text(status) };
}

export function receiptItem(receipt: Receipt): Item {
  return {
    ...row(partitionOf(receipt.conversationId), sortKey.receipt(receipt.userId), receipt),
    deliveredSeq: number(receipt.deliveredSeq),
    readSeq: number(receipt.readSeq),
  };
}

export function versionItem(pk: string, version: MessageVersion, expiresAtMs: number): Item {
  const place = row(pk, sortKey.version(version.messageId, version.version), version);
  return { ...place, ...expiry(expiresAtMs) };
}

export function reactionItem(pk: string, sk: string, userId: string, expiresAtMs: number): Item {
  return { pk: text(pk), sk: text(sk), userId: text(userId), ...expiry(expiresAtMs) };
}

/** TTL counts seconds. */
export function expiry(atMs: number): Item {
  return { expiresAt: number(Math.ceil(atMs / 1_000)) };
}

/** A row with its content as JSON: what JSON cannot say is in no record, and DynamoDB's own types would not keep it exactly. */
export function row(pk: string, sk: string, doc: object): Item {
  return { pk: text(pk), sk: text(sk), doc: text(JSON.stringify(doc)) };
}

export function docOf<Doc extends object>(item: Item): Doc {
  return JSON.parse(textOf(item, "doc"));
}

/** TTL deletes when it gets round to it; whatever is due is gone already. */
export function isKept(item: Item, at: number): boolean {
  return !("expiresAt" in item) || numberOf(item, "expiresAt") * 1_000 > at;
}

export function sortKeyOf(record: AnyRecord): string {
  if (record.type === "conversation") return META;
  if (record.type === "note") return sortKey.note(noteIdOf(record.subject));
  return record.type === "participant" ? sortKey.participant(record.userId) : sortKey.message(record.id);
}
