import { isIn } from "@tidings/core/domain";
import { MessagingError } from "@tidings/core/errors";
import {
  isFileQuery,
  isNotebook,
  type AnyRecord,
  type ChangesPage,
  type ChangesQuery,
  type ConversationsQuery,
  type ConversationSummary,
  type Head,
  type HistoryPage,
  type HistoryQuery,
  type MessageRecord,
  type MessageVersion,
  type NoteRecord,
  type Page,
  type ParticipantRecord,
  type Query,
  type QueryResults,
  type QueryType,
  type Receipt,
} from "@tidings/core/protocol";
import { type Item, number, numberOf, text, textOf } from "./dynamo.ts";
import { byId, pins, seqAt, thread } from "./relations.ts";
import { docOf, isKept, META, readMeta, sortKey, userPartition } from "./rows.ts";
import {
  behind,
  enter,
  enterAll,
  floorOf,
  ownReactions,
  places,
  type Reader,
  type Room,
  unreadIn,
} from "./room.ts";

/**
 * Answers a query for one reader; everything of a conversation goes through `enter` (D8).
 *
 * @param pageSize - no page is longer, whatever the query says.
 * @throws {MessagingError} `conversation/not-found`, `message/not-found`
 */
export async function ask(reader: Reader, asked: Query, pageSize: number): Promise<QueryResults[QueryType]> {
  const query = "limit" in asked ? { ...asked, limit: Math.min(asked.limit, pageSize) } : asked;
  if (query.type === "conversations") return conversations(reader, query);
  if (query.type === "search") {
    throw new MessagingError("command/unsupported", {
      message: "unable to search; this backend has no index",
    });
  }
  const room = await enter(reader, query.conversationId);
  if (isFileQuery(query)) {
    const message = "unable to answer; this backend keeps no files";
    throw new MessagingError("command/unsupported", { message });
  }
  if (query.type === "preview") {
    const message = "unable to answer; this backend looks up no links";
    throw new MessagingError("command/unsupported", { message });
  }
  switch (query.type) {
    case "changes":
      return changes(room, query);
    case "history":
      return history(room, query);
    case "conversation":
      return summary(room);
    case "participants":
      return list(room, "P#", query, async (items) =>
        items.map((item): ParticipantRecord => docOf(item)).map((one) => (isIn(one) ? one : undefined)),
      );
    case "messages":
      return byId(room, query.messageIds);
    case "thread":
      return thread(room, query);
    case "pins":
      return pins(room);
    case "notes": {
      const { kind } = query;
      return list(room, "N#", query, async (items) =>
        items
          .map((item): NoteRecord => docOf(item))
          .map((note) =>
            note.value && note.subject.kind === (kind ?? note.subject.kind) ? note : undefined,
          ),
      );
    }
    case "receipts":
      return receipts(room, query);
    case "reactors": {
      const { deletedAt } = await messageOf(room, query.messageId);
      if (deletedAt !== undefined) return { items: [] };
      const prefix = sortKey.reaction(query.messageId, query.emoji, "");
      return list(room, prefix, query, async (items) => items.map((item) => textOf(item, "userId")));
    }
    case "voters":
      throw new MessagingError("command/unsupported", {
        message: "unable to list votes; this backend takes no polls",
      });
    case "versions":
      return versions(room, query.messageId);
  }
}

/**
 * Where every conversation of a user is, the most recently active first.
 *
 * @param sinceMs - only of those that have moved since.
 */
export async function headsOf(reader: Reader, most: number, sinceMs = 0): Promise<readonly Head[]> {
  const moved = (await byActivity(reader)).filter(({ movedAt }) => movedAt >= sinceMs);
  return moved.slice(0, most).map(({ head }) => head);
}

async function changes(room: Room, query: ChangesQuery): Promise<ChangesPage> {
  const { reader, pk, meta } = room;
  const { head } = meta;
  const { epoch, dynamo, at } = reader;
  const { afterRev, limit, kinds } = query;
  if (afterRev > head.rev) return { epoch, records: [], upTo: afterRev, head, own: {}, reset: true };
  const [from, to] = [number(afterRev + 1), number(head.rev)];
  const isBehind = afterRev < head.rev;
  const found = isBehind ? await dynamo.query({ pk, index: "byRev", from, to, limit }) : [];
  const last = found.at(-1);
  const records = found
    .filter((item) => isKept(item, at))
    .map((item): AnyRecord => docOf(item))
    .filter(({ type }) => !kinds || kinds.includes(type));
  const own = await ownReactions(room, records.filter(isMessage));
  const upTo = found.length === limit && last ? numberOf(last, "rev") : head.rev;
  return { epoch, records, upTo, head, own, reset: false };
}

async function history(room: Room, query: HistoryQuery): Promise<HistoryPage> {
  const { reader, meta } = room;
  const { head } = meta;
  const { epoch, dynamo, at } = reader;
  const { before = Infinity, after = 0, limit, at: when } = query;
  const around = when === undefined ? query.around : await seqAt(room, when);
  const floorSeq = await floorOf(room);
  const lowest = Math.max(floorSeq, around === undefined ? after + 1 : 1);
  const highest = Math.min(head.seq, around === undefined ? before - 1 : head.seq);
  let from = highest - limit + 1;
  if (around !== undefined) from = Math.min(around - (limit >> 1), from);
  else if (query.after !== undefined) from = lowest;
  from = Math.max(from, lowest);
  const to = Math.min(highest, from + limit - 1);
  const found = from <= to ? await dynamo.query(places(room, from, to)) : [];
  const messages = found.filter((item) => isKept(item, at)).map((item): MessageRecord => docOf(item));
  const own = await ownReactions(room, messages);
  const [fromSeq, toSeq] = [messages[0]?.seq ?? 0, messages.at(-1)?.seq ?? 0];
  return { epoch, messages, fromSeq, toSeq, floorSeq, head, own };
}

async function summary(room: Room): Promise<ConversationSummary> {
  const { reader, meta, self, receipt } = room;
  const { head, conversation, counts } = meta;
  const [unread, [newest]] = await Promise.all([
    unreadIn(room),
    reader.dynamo.query(places(room, head.seq, head.seq)),
  ]);
  return {
    ...{ conversation, self, head, unread, memberCount: counts.members },
    ...(newest && isKept(newest, reader.at) && { lastMessage: docOf<MessageRecord>(newest) }),
    ...(receipt && { receipt }),
  };
}

/** The token tells when the last one was active: whatever becomes active meanwhile is heard of by its change. */
async function conversations(reader: Reader, query: ConversationsQuery): Promise<Page<ConversationSummary>> {
  const { limit, after } = query;
  const all = (await byActivity(reader)).filter(({ head }) => !isNotebook(head.conversationId));
  const rest = after === undefined ? all : all.filter((each) => isBelow(each, after));
  const page = rest.slice(0, limit);
  const rooms = await enterAll(
    reader,
    page.map(({ head }) => head.conversationId),
  );
  const place = new Map(page.map(({ head }, index) => [head.conversationId, index]));
  const placeOf = ({ meta }: Room): number => place.get(meta.head.conversationId) ?? 0;
  const items = await Promise.all([...rooms].sort((a, b) => placeOf(a) - placeOf(b)).map(summary));
  const last = page.at(-1);
  return rest.length > limit && last ? { items, next: tokenOf(last) } : { items };
}

interface Active {
  readonly head: Head;
  readonly activeAt: number;
  readonly movedAt: number;
}

async function byActivity({ dynamo, userId }: Reader): Promise<readonly Active[]> {
  const pk = userPartition(userId);
  const memberships = await dynamo.query({ pk, from: text("C#"), to: text("C#\u{10ffff}") });
  const mine = memberships.filter((item) => ["active", "muted"].includes(textOf(item, "status")));
  const found = await dynamo.get(mine.map((item) => ({ pk: textOf(item, "sk"), sk: META })));
  return found.map((item): Active => readMeta(item)).sort(laterFirst);
}

function laterFirst(one: Omit<Active, "movedAt">, other: Omit<Active, "movedAt">): number {
  const [a, b] = [one.head.conversationId, other.head.conversationId];
  return other.activeAt - one.activeAt || (a < b ? -1 : 1);
}

function tokenOf({ head, activeAt }: Active): string {
  return `${activeAt} ${head.conversationId}`;
}

function isBelow(each: Active, token: string): boolean {
  const [activeAt = "", ...id] = token.split(" ");
  const conversationId = id.join(" ");
  const marked = { head: { ...each.head, conversationId }, activeAt: Number(activeAt) };
  return each.head.conversationId !== conversationId && laterFirst(marked, each) < 0;
}

async function receipts(
  room: Room,
  query: { readonly after?: string; readonly limit: number },
): Promise<Page<Receipt>> {
  const { reader, meta, pk } = room;
  const isShared = meta.conversation.settings.receipts;
  return list(room, "R#", query, async (items) => {
    const all = items.map((item): Receipt => docOf(item));
    const keys = all.map(({ userId }) => ({ pk, sk: sortKey.participant(userId) }));
    const people = isShared
      ? (await reader.dynamo.get(keys)).map((item): ParticipantRecord => docOf(item))
      : [];
    const inside = new Set(isShared ? people.filter(isIn).map(({ userId }) => userId) : [reader.userId]);
    return all.map((receipt) => (inside.has(receipt.userId) ? receipt : undefined));
  });
}

/** What was deleted is kept for an audit, not for the members. */
async function versions(room: Room, messageId: string): Promise<readonly MessageVersion[]> {
  const { deletedAt } = await messageOf(room, messageId);
  if (deletedAt !== undefined) return [];
  const found = await room.reader.dynamo.query(behind(room, `V#${messageId}#`));
  return found.map((item): MessageVersion => docOf(item));
}

/**
 * A page of rows in the order of their keys; the token is the end of the last key.
 *
 * @param shown - what is shown of each row; undefined for one that is not.
 */
async function list<T>(
  room: Room,
  prefix: string,
  { after, limit }: { readonly after?: string; readonly limit: number },
  shown: (items: readonly Item[]) => Promise<readonly (T | undefined)[]>,
): Promise<Page<T>> {
  const items: T[] = [];
  let next = "";
  for await (const page of room.reader.dynamo.pages({ ...behind(room, prefix, after), limit: limit + 1 })) {
    const values = await shown(page);
    for (const [index, item] of page.entries()) {
      const value = values[index];
      if (value === undefined) continue;
      if (items.length === limit) return { items, next };
      items.push(value);
      next = textOf(item, "sk").slice(prefix.length);
    }
  }
  return { items };
}

async function messageOf({ reader, pk }: Room, messageId: string): Promise<MessageRecord> {
  const [found] = await reader.dynamo.get([{ pk, sk: sortKey.message(messageId) }]);
  if (found && isKept(found, reader.at)) return docOf(found);
  throw new MessagingError("message/not-found", {
    message: "unable to find the message; it is not in this conversation",
  });
}

function isMessage(record: AnyRecord): record is MessageRecord {
  return record.type === "message";
}
