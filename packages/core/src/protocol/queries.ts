import * as z from "zod/mini";
import { THREAD_NAMES } from "./bounds.ts";
import { type Head, head } from "./changes.ts";
import { fileQueries, fileResults } from "./file-schemas.ts";
import type { FileQuery, FileResults } from "./files.ts";
import { noteKind } from "./note-schemas.ts";
import type { NoteKind, NoteRecord } from "./notes.ts";
import { type Receipt, receipt } from "./receipts.ts";
import {
  anyRecord,
  conversationRecord,
  emoji,
  mark,
  messageRecord,
  messageVersion,
  noteRecord,
  participantRecord,
} from "./record-schemas.ts";
import type {
  AnyRecord,
  ConversationRecord,
  MessageRecord,
  MessageVersion,
  ParticipantRecord,
} from "./records.ts";
import { option } from "./poll-schemas.ts";
import type { MessagesQuery, PinsQuery, ThreadPage, ThreadQuery, VotersQuery } from "./relation-queries.ts";
import { type PreviewAnswer, previewAnswer, type PreviewQuery, previewQuery } from "./previews.ts";
import { count, id, list, type Schema, text, uuid } from "./schema.ts";
import { type SearchFilter, searchFilter, type SearchHit, searchHit } from "./search.ts";
import type { OwnReactions, Paged, Within } from "./within.ts";

/** Catch-up: the records changed after a revision, in rev order. */
export interface ChangesQuery extends Within {
  readonly type: "changes";
  readonly afterRev: number;
  readonly limit: number;
  /** Only these kinds of record; a large conversation's participants are paged on demand. */
  readonly kinds?: readonly AnyRecord["type"][];
}

/**
 * A page of messages: the newest, those before or after a sequence (exclusive), around one (inclusive), or around the
 * first that was sent at `at` or later, by the clocks of the backend.
 */
export interface HistoryQuery extends Within {
  readonly type: "history";
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
  readonly at?: number;
  readonly limit: number;
}

/** The conversations one is in, most recently active first. */
export interface ConversationsQuery extends Paged {
  readonly type: "conversations";
}

/** One conversation as the list shows it. */
export interface ConversationQuery extends Within {
  readonly type: "conversation";
}

export interface ParticipantsQuery extends Within, Paged {
  readonly type: "participants";
}

/** The earlier texts of a message, oldest first. */
export interface VersionsQuery extends Within {
  readonly type: "versions";
  readonly messageId: string;
}

/** Everybody who reacted to a message with one emoji. */
export interface ReactorsQuery extends Within, Paged {
  readonly type: "reactors";
  readonly messageId: string;
  readonly emoji: string;
}

/** The participants' watermarks. */
export interface ReceiptsQuery extends Within, Paged {
  readonly type: "receipts";
}

/**
 * Messages of the conversations one is in, the newest first. A page may hold fewer than `limit`, even none, and still
 * have a `next`: looking on takes another query.
 */
export interface SearchQuery extends SearchFilter, Paged {
  readonly type: "search";
}

/** What stands in one's notebook, or one kind of it. */
export interface NotesQuery extends Within, Paged {
  readonly type: "notes";
  readonly kind?: NoteKind;
}

export type Query =
  | ChangesQuery
  | HistoryQuery
  | MessagesQuery
  | ThreadQuery
  | PinsQuery
  | ConversationsQuery
  | ConversationQuery
  | ParticipantsQuery
  | VersionsQuery
  | ReactorsQuery
  | VotersQuery
  | ReceiptsQuery
  | SearchQuery
  | NotesQuery
  | PreviewQuery
  | FileQuery;

export type QueryType = Query["type"];

/** What is asked about records, not about files or pages elsewhere. */
export type RecordQuery = Exclude<Query, FileQuery | PreviewQuery>;

export function isFileQuery(query: Query): query is FileQuery {
  return query.type.startsWith("file.");
}

/** Records in rev order; every change up to `upTo` is in them or in an earlier page. */
export interface ChangesPage {
  readonly epoch: string;
  readonly records: readonly AnyRecord[];
  readonly upTo: number;
  /** Where the conversation stood; more pages follow while `upTo` is below `head.rev`. */
  readonly head: Head;
  readonly own: OwnReactions;
  /** The backend can no longer tell what changed since then: reload the newest page. `records` is empty. */
  readonly reset: boolean;
}

/** Messages in seq order. Every message that exists from `fromSeq` to `toSeq` is here; both 0 if there is none. */
export interface HistoryPage {
  readonly epoch: string;
  readonly messages: readonly MessageRecord[];
  readonly fromSeq: number;
  readonly toSeq: number;
  /** The oldest sequence still kept; older ones are gone for good. */
  readonly floorSeq: number;
  /** The messages are as of this head. */
  readonly head: Head;
  readonly own: OwnReactions;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** What the list of conversations shows of one. */
export interface ConversationSummary {
  readonly conversation: ConversationRecord;
  /** The reader's own participant record. */
  readonly self: ParticipantRecord;
  readonly head: Head;
  readonly memberCount: number;
  /** Messages of others, not deleted, above the reader's read watermark; as of `head`. */
  readonly unread: number;
  readonly lastMessage?: MessageRecord;
  /** The reader's own. */
  readonly receipt?: Receipt;
}

/** Which result answers which query. */
export interface QueryResults extends FileResults {
  readonly changes: ChangesPage;
  readonly history: HistoryPage;
  readonly messages: readonly MessageRecord[];
  readonly thread: ThreadPage;
  readonly pins: readonly MessageRecord[];
  readonly conversations: Page<ConversationSummary>;
  readonly conversation: ConversationSummary;
  readonly participants: Page<ParticipantRecord>;
  readonly versions: readonly MessageVersion[];
  readonly reactors: Page<string>;
  readonly voters: Page<string>;
  readonly receipts: Page<Receipt>;
  readonly search: Page<SearchHit>;
  readonly notes: Page<NoteRecord>;
  readonly preview: PreviewAnswer;
}

/** The query of a type, as `Link.query` takes it. */
export type QueryOf<Type extends QueryType> = Extract<Query, { readonly type: Type }>;

const LONGEST_PAGE = 1_000;
/** Messages asked for by their ids at once. */
const MOST_ASKED = 100;
const pageToken = text(512);
const limit = z.int().check(z.gte(1), z.lte(LONGEST_PAGE));
const paged = { after: z.exactOptional(pageToken), limit };
const within = { conversationId: id };

/** Any query, told apart by `type`. */
export const query: Schema<Query> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("changes"),
    ...within,
    afterRev: count,
    limit,
    kinds: z.exactOptional(list(z.enum(["message", "participant", "conversation", "note"]), 4)),
  }),
  z.object({
    type: z.literal("history"),
    ...within,
    before: z.exactOptional(count),
    after: z.exactOptional(count),
    around: z.exactOptional(count),
    at: z.exactOptional(count),
    limit,
  }),
  z.object({ type: z.literal("messages"), ...within, messageIds: list(uuid, MOST_ASKED) }),
  z.object({
    type: z.literal("thread"),
    ...{ ...within, threadId: uuid, limit },
    before: z.exactOptional(count),
    readSeq: z.exactOptional(count),
  }),
  z.object({ type: z.literal("pins"), ...within }),
  z.object({ type: z.literal("conversations"), ...paged }),
  z.object({ type: z.literal("conversation"), ...within }),
  z.object({ type: z.literal("participants"), ...within, ...paged }),
  z.object({ type: z.literal("versions"), ...within, messageId: uuid }),
  z.object({ type: z.literal("reactors"), ...within, ...paged, messageId: uuid, emoji }),
  z.object({ type: z.literal("voters"), ...within, ...paged, messageId: uuid, option }),
  z.object({ type: z.literal("receipts"), ...within, ...paged }),
  z.object({ type: z.literal("search"), ...searchFilter, ...paged }),
  z.object({ type: z.literal("notes"), ...within, ...paged, kind: z.exactOptional(noteKind) }),
  previewQuery,
  ...fileQueries,
]);

const own: Schema<OwnReactions> = z.record(uuid, list(mark, 64));
const page = <T>(item: Schema<T>): Schema<Page<T>> =>
  z.object({ items: list(item, LONGEST_PAGE), next: z.exactOptional(pageToken) });

const summary: Schema<ConversationSummary> = z.object({
  conversation: conversationRecord,
  self: participantRecord,
  head,
  memberCount: count,
  unread: count,
  lastMessage: z.exactOptional(messageRecord),
  receipt: z.exactOptional(receipt),
});

/** The schema of each result, by the type of its query. */
export const queryResults: { readonly [Type in QueryType]: Schema<QueryResults[Type]> } = {
  changes: z.object({
    epoch: id,
    records: list(anyRecord, LONGEST_PAGE),
    upTo: count,
    head,
    own,
    reset: z.boolean(),
  }),
  history: z.object({
    epoch: id,
    messages: list(messageRecord, LONGEST_PAGE),
    fromSeq: count,
    toSeq: count,
    floorSeq: count,
    head,
    own,
  }),
  messages: list(messageRecord, MOST_ASKED),
  thread: z.object({
    epoch: id,
    root: z.exactOptional(messageRecord),
    messages: list(messageRecord, LONGEST_PAGE),
    hasOlder: z.boolean(),
    replies: count,
    userIds: list(id, THREAD_NAMES),
    unread: z.exactOptional(z.object({ readSeq: count, count })),
    head,
    own,
  }),
  pins: list(messageRecord, LONGEST_PAGE),
  conversations: page(summary),
  conversation: summary,
  participants: page(participantRecord),
  versions: list(messageVersion, LONGEST_PAGE),
  reactors: page(id),
  voters: page(id),
  receipts: page(receipt),
  search: page(searchHit),
  notes: page(noteRecord),
  preview: previewAnswer,
  ...fileResults,
};
