import { pollOf, unnamedMarks } from "../domain/poll.ts";
import { isIn } from "../domain/standing.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import {
  type ChangesPage,
  type ChangesQuery,
  type ConversationsQuery,
  type ConversationSummary,
  type HistoryPage,
  type HistoryQuery,
  isFileQuery,
  type Page,
  type Query,
  type QueryResults,
  type QueryType,
} from "../protocol/queries.ts";
import type { ThreadPage, ThreadQuery } from "../protocol/relation-queries.ts";
import type { OwnReactions } from "../protocol/within.ts";
import { THREAD_NAMES } from "../protocol/bounds.ts";
import { noteIdOf } from "../protocol/notes.ts";
import { optionMark } from "../protocol/polls.ts";
import type { AnyRecord, MessageRecord } from "../protocol/records.ts";
import { areApart } from "./blocks.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { askFile } from "./file-queries.ts";
import { askPreview } from "./previews.ts";
import type { Reader } from "./reader.ts";
import { search } from "./search.ts";

/**
 * Answers a query for one reader; everything of a conversation goes through `archive.find` (D8).
 *
 * @throws {MessagingError} `conversation/not-found`, `message/not-found`, `query/malformed`
 */
export function ask(reader: Reader, asked: Query): QueryResults[QueryType] {
  const { archive, userId, pageSize } = reader;
  const query = "limit" in asked ? { ...asked, limit: Math.min(asked.limit, pageSize) } : asked;
  if (query.type === "conversations") return conversations(reader, query);
  if (query.type === "search") return search(archive, userId, query);
  const store = archive.find(query.conversationId, userId);
  if (isFileQuery(query)) return askFile(reader, store, query);
  switch (query.type) {
    case "changes":
      return changes(reader, store, query);
    case "history":
      return history(reader, store, query);
    case "conversation":
      return summary(store, userId);
    case "participants":
      return page([...store.participants()].filter(isIn), ({ userId: id }) => id, query);
    case "receipts": {
      const isShared = store.conversation?.settings.receipts !== false;
      const shown = [...store.receipts()].filter(({ userId: id }) =>
        isShared ? isIn(store.participant(id)) && !areApart(archive, userId, id) : id === userId,
      );
      return page(shown, ({ userId: id }) => id, query);
    }
    case "messages":
      return query.messageIds.flatMap((id) => store.message(id) ?? []);
    case "thread":
      return thread(reader, store, query);
    case "pins":
      return pinsOf(store.messages());
    case "notes": {
      const { kind } = query;
      const kept = [...store.notes()].filter(
        ({ subject, value }) => value && subject.kind === (kind ?? subject.kind),
      );
      return page(kept, ({ subject }) => noteIdOf(subject), query);
    }
    case "preview":
      return askPreview(reader, store, query);
    case "reactors":
      messageOf(store, query.messageId);
      return page([...store.reactors(query.messageId, query.emoji)], (id) => id, query);
    case "voters": {
      const poll = pollOf(messageOf(store, query.messageId).content);
      const chosen = poll && !poll.anonymous ? store.reactors(query.messageId, optionMark(query.option)) : [];
      return page([...chosen], (id) => id, query);
    }
    case "versions": {
      // What was deleted is kept for an audit, not for the members.
      const { deletedAt } = messageOf(store, query.messageId);
      return deletedAt === undefined ? store.versions(query.messageId) : [];
    }
  }
}

function changes({ epoch, userId }: Reader, store: ConversationStore, query: ChangesQuery): ChangesPage {
  const { head, floorRev } = store;
  const { afterRev, limit, kinds } = query;
  if (afterRev < floorRev || afterRev > head.rev) {
    return { epoch, records: [], upTo: afterRev, head, own: {}, reset: true };
  }
  const records: AnyRecord[] = [];
  let upTo = afterRev;
  while (upTo < head.rev && records.length < limit) {
    upTo += 1;
    const record = store.changedAt(upTo);
    if (record && (!kinds || kinds.includes(record.type))) records.push(record);
  }
  return { epoch, records, upTo, head, own: ownReactions(store, userId, records), reset: false };
}

function history({ epoch, userId }: Reader, store: ConversationStore, query: HistoryQuery): HistoryPage {
  const { head, floorSeq } = store;
  const {
    before = Infinity,
    after = 0,
    at,
    limit,
    around = at === undefined ? undefined : seqAt(store, at),
  } = query;
  const lowest = Math.max(floorSeq, around === undefined ? after + 1 : 1);
  const highest = Math.min(head.seq, around === undefined ? before - 1 : head.seq);
  let from = highest - limit + 1;
  if (around !== undefined) from = Math.min(around - (limit >> 1), from);
  else if (query.after !== undefined) from = lowest;
  from = Math.max(from, lowest);
  const messages: MessageRecord[] = [];
  for (let seq = from; seq <= Math.min(highest, from + limit - 1); seq += 1) {
    const message = store.messageAt(seq);
    if (message) messages.push(message);
  }
  return {
    epoch,
    messages,
    fromSeq: messages[0]?.seq ?? 0,
    toSeq: messages.at(-1)?.seq ?? 0,
    floorSeq,
    head,
    own: ownReactions(store, userId, messages),
  };
}

/** The first message sent at that time or later, or else the newest. */
function seqAt(store: ConversationStore, at: number): number {
  return store.messages().find(({ createdAt }) => createdAt >= at)?.seq ?? store.head.seq;
}

function thread(
  { epoch, userId }: Reader,
  store: ConversationStore,
  { threadId, before = Infinity, readSeq, limit }: ThreadQuery,
): ThreadPage {
  const all = store.messages().filter((message) => message.threadId === threadId);
  const older = all.filter(({ seq }) => seq < before);
  const messages = older.slice(-limit);
  const root = store.message(threadId);
  const shown = [...(root ? [root] : []), ...messages];
  return {
    ...{ epoch, messages, hasOlder: older.length > limit, head: store.head },
    ...(root && { root }),
    replies: all.filter(({ deletedAt }) => deletedAt === undefined).length,
    userIds: [...new Set(all.map(({ authorId }) => authorId))].slice(0, THREAD_NAMES),
    ...(readSeq !== undefined && {
      unread: { readSeq, count: all.filter(isUnread(userId, readSeq)).length },
    }),
    own: ownReactions(store, userId, shown),
  };
}

function isUnread(readerId: string, readSeq: number): (message: MessageRecord) => boolean {
  return ({ authorId, deletedAt, seq }) => authorId !== readerId && deletedAt === undefined && seq > readSeq;
}

function pinsOf(messages: readonly MessageRecord[]): readonly MessageRecord[] {
  return messages
    .filter(({ pinnedAt }) => pinnedAt !== undefined)
    .sort((one, other) => (other.pinnedAt ?? 0) - (one.pinnedAt ?? 0) || other.seq - one.seq);
}

/** The token is the last one's `activity`: whatever becomes active meanwhile moves up, to be heard of by its change. */
function conversations({ archive, userId }: Reader, query: ConversationsQuery): Page<ConversationSummary> {
  const { limit, after = Infinity } = query;
  const mine = archive
    .conversationsOf(userId)
    .filter(({ conversation }) => conversation?.kind !== "notebook");
  const rest = mine.filter(({ activity }) => activity < Number(after));
  const items = rest.slice(0, limit).map((store) => summary(store, userId));
  const last = rest[limit - 1];
  return rest.length > limit && last ? { items, next: String(last.activity) } : { items };
}

function summary(store: ConversationStore, userId: string): ConversationSummary {
  const { conversation, head, counts } = store;
  const self = store.participant(userId);
  if (!conversation || !self) throw new TypeError("unable to summarise; the reader is not in it");
  const receipt = store.receipt(userId);
  const lastMessage = store.messageAt(head.seq);
  let unread = 0;
  for (let seq = (receipt?.readSeq ?? 0) + 1; seq <= head.seq; seq += 1) {
    const message = store.messageAt(seq);
    if (message && message.authorId !== userId && message.deletedAt === undefined) unread += 1;
  }
  return {
    conversation,
    self,
    head,
    memberCount: counts.members,
    unread,
    ...(lastMessage && { lastMessage }),
    ...(receipt && { receipt }),
  };
}

/** Sorted by id; the token is the last id on the page. */
function page<T>(
  all: readonly T[],
  idOf: (item: T) => string,
  { after = "", limit }: { readonly after?: string; readonly limit: number },
): Page<T> {
  const rest = all
    .filter((item) => idOf(item) > after)
    .sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return rest.length > limit && last !== undefined ? { items, next: idOf(last) } : { items };
}

function ownReactions(store: ConversationStore, userId: string, records: readonly AnyRecord[]): OwnReactions {
  const own: Record<string, readonly string[]> = {};
  for (const record of records) {
    if (record.type !== "message") continue;
    const hidden = unnamedMarks(record, userId).filter((mark) => store.hasReacted(record.id, userId, mark));
    if (hidden.length > 0) own[record.id] = hidden;
  }
  return own;
}

function messageOf(store: ConversationStore, messageId: string): MessageRecord {
  const message = store.message(messageId);
  if (message) return message;
  throw new MessagingError("message/not-found", {
    message: "unable to find the message; it is not in this conversation",
  });
}
