import { pollOf, tallied } from "@tidings/core/domain";
import type {
  AnyRecord,
  ChangesPage,
  MessageRecord,
  NotesQuery,
  ParticipantRecord,
  QueryResults,
  QueryType,
} from "@tidings/core/protocol";
import type { StoredConversation } from "./rows.ts";
import type { Answer, Refusal } from "./store.ts";

/** Who asks, and the conversation they may read. */
export interface Reading {
  readonly readerId: string;
  readonly conversation: StoredConversation;
  readonly self: ParticipantRecord;
}

export function answered<Type extends QueryType>(result: QueryResults[Type]): Answer {
  return { ok: true, result };
}

export const noMessage: Refusal = Object.freeze({
  ok: false,
  code: "message/not-found",
  message: "unable to find the message; it is not in this conversation",
});

/** Does it say who put this mark on it? Not of what nobody did, nor of a vote unless the poll is there and says so. */
export function showsMark(message: MessageRecord, mark: string): boolean {
  const isReaction = message.reactions.some(({ emoji }) => emoji === mark);
  const poll = pollOf(message.content);
  return isReaction || (poll !== undefined && !poll.anonymous && tallied(message, mark) !== undefined);
}

/** Ids of the notes of one kind, or of all: after the first, up to the second. */
export function noteRange({ kind, after = "" }: NotesQuery): readonly [after: string, before: string] {
  // What follows a "/" is a "0".
  return kind === undefined ? [after, "~"] : [after > kind ? after : kind, `${kind}0`];
}

export const badToken: Refusal = Object.freeze({
  ok: false,
  code: "query/malformed",
  message: 'unable to read the page; "after" is not a "next" of an earlier page',
});

/**
 * One page of `rows`, which were asked for with one more than `limit` so as to see whether there is a next.
 *
 * @param tokenOf - what the next page begins after.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  tokenOf: (row: Row) => string,
): { readonly items: readonly Item[]; readonly next?: string } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const page = { items: items.map(itemOf) };
  return rows.length > limit && last !== undefined ? { ...page, next: tokenOf(last) } : page;
}

/**
 * A page of `changed`, in the order of revisions.
 *
 * @param headRev - how far it reaches if it is the last: `changed` is all of a kind, or at least `limit` of it.
 */
export function compacted(
  changed: readonly AnyRecord[],
  limit: number,
  headRev: number,
): Pick<ChangesPage, "records" | "upTo"> {
  const records = changed.toSorted((one, other) => one.rev - other.rev).slice(0, limit);
  const last = records.at(-1);
  return { records, upTo: last && records.length === limit ? last.rev : headRev };
}

/** Where a page of conversations begins: after the one that was active at `activeAt`. */
export interface Position {
  readonly activeAt: number;
  readonly id: string;
}

/** Before all others, as the most recently active come first. */
export const firstPosition: Position = Object.freeze({ activeAt: Number.MAX_SAFE_INTEGER, id: "" });

export function positionToken({ activeAt, id }: Position): string {
  return `${activeAt}.${id}`;
}

export function parsePosition(token: string): Position | undefined {
  const [, activeAt, id] = /^(\d{1,15})\.(.+)$/su.exec(token) ?? [];
  return activeAt === undefined || id === undefined ? undefined : { activeAt: Number(activeAt), id };
}
