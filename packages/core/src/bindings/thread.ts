import type { JsonObject } from "../base/json.ts";
import type { Cell, Observable, Unsubscribe } from "../base/observable.ts";
import { whileWatched } from "../base/while-watched.ts";
import type { Core } from "../client/core.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client, Sent } from "../client/types.ts";
import type { CustomOf, CustomSchemas } from "../compose/custom.ts";
import {
  notebookOf,
  type NoteRecord,
  noteIdOf,
  type NoteSubject,
  type NoteValue,
} from "../protocol/notes.ts";
import type { ThreadPage } from "../protocol/relation-queries.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { MessageItem } from "../timeline/item.ts";
import { keptPage } from "./kept-page.ts";
import { countedIn, isOutdated, unreadIn } from "./thread-unread.ts";

/** A thread as it is shown: its own sequence of messages, whatever of the conversation is loaded. */
export interface ThreadView<Custom = JsonObject> {
  /** The message it began with, once it is known. */
  readonly root: MessageRecord<Custom> | undefined;
  /** Oldest first, one's own pending ones at the end. */
  readonly items: readonly MessageItem<Custom>[];
  readonly hasOlder: boolean;
  /** All that were not deleted, as the backend last counted them and what was heard since. */
  readonly replies: number;
  /** The first few who wrote in it. */
  readonly userIds: readonly string[];
  /** Messages of others above what was read of it, loaded or not, where the backend counts them. */
  readonly unread: number;
  /** The user wants to be told of new messages. */
  readonly followed: boolean;
}

export interface Thread<Custom = JsonObject> {
  /** Loads the newest page when it is first listened to, and after each break; live for as long as somebody listens. */
  readonly view: Observable<ThreadView<Custom>>;
  loadOlder(): Promise<void>;
  /** Marks it as read up to the newest message that is loaded, on all devices of the user. */
  markRead(): Promise<Sent | undefined>;
  follow(): Promise<Sent>;
  unfollow(): Promise<Sent>;
}

/** What is known of a thread beside what the timeline holds. */
interface Known {
  readonly messages: ReadonlyMap<string, MessageRecord>;
  readonly page: ThreadPage | undefined;
  readonly hasOlder: boolean;
  /** It is what an earlier life was told: the next page takes its place. */
  readonly isKept?: boolean;
  /** Whom it was told: it is nobody else's to see. */
  readonly userId?: string | undefined;
}

/** Messages of a thread kept (D9); beyond it the newest are shown, and older ones no more. */
const MOST_MESSAGES = 5_000;

/**
 * A thread of a conversation, by itself: paged from the backend, live, with one's own pending messages; to write to it,
 * `send` with `threadId`, or a composer.
 */
export function openThread<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
  threadId: string,
): Thread<CustomOf<Schemas, "message">>;
export function openThread(client: Client, conversationId: string, threadId: string): Thread {
  const { core } = internalsOf(client);
  const { scope, loader, limits } = core;
  const { timeline } = client.conversation(conversationId);
  const nothing: Known = { messages: new Map(), page: undefined, hasOlder: true };
  const known: Cell<Known> = scope.cell(nothing);
  const now = (): Known => (known.get().userId === core.userId() ? known.get() : nothing);
  const kept = keptPage(client, { type: "thread", conversationId, name: threadId });
  const notes = notesOf(core, conversationId, threadId);

  const absorb = (records: readonly MessageRecord[], page?: ThreadPage): void => {
    const current = now();
    const before = page && current.isKept ? nothing : current;
    // All of the page came after what was known: between them there may be more than it holds.
    const isBeyond = page?.hasOlder && (page.messages[0]?.seq ?? 0) > (before.page?.head.seq ?? Infinity);
    const messages = new Map(isBeyond ? [] : before.messages);
    for (const record of records)
      if (record.rev > (messages.get(record.id)?.rev ?? 0)) messages.set(record.id, record);
    const excess = [...messages.values()].sort(bySeq).slice(0, Math.max(0, messages.size - MOST_MESSAGES));
    for (const { id } of excess) messages.delete(id);
    const isOldest =
      isBeyond || !before.page || !page || (page.messages[0]?.seq ?? 0) <= oldestOf(before.messages);
    const hasOlder = page && isOldest ? page.hasOlder : before.hasOlder;
    const { isKept } = before;
    const userId = core.userId();
    known.set({ messages, hasOlder, userId, page: page ?? before.page, ...(isKept && { isKept }) });
    if (!isKept) kept.save(() => pageOf(now(), threadId, limits().pageSize));
  };

  /** What an earlier life was told, until the backend says more. */
  const restore = async (): Promise<void> => {
    const page = await kept.load();
    if (!page || now().page) return;
    absorb([...page.messages, ...(page.root ? [page.root] : [])], page);
    known.set({ ...now(), isKept: true });
  };

  const fetch = async (before?: number): Promise<void> => {
    const { readSeq } = notes.now();
    const page = await loader.query({
      ...{ type: "thread", conversationId, threadId, readSeq, limit: limits().pageSize },
      ...(before !== undefined && { before }),
    });
    absorb([...page.messages, ...(page.root ? [page.root] : [])], page);
  };

  const view = scope.lazy(() => viewOf(core, now(), timeline.get().items, threadId, notes.now()));
  const follow = (): readonly (() => void)[] => [
    known.subscribe(view.invalidate),
    client.userId.subscribe(view.invalidate),
    timeline.subscribe(view.invalidate),
    notes.subscribe(() => {
      view.invalidate();
      const { page } = now();
      const counted = page && countedIn(page);
      if (counted && isOutdated(notes.now().readSeq, counted)) void fetch().catch(() => {}); // by the next link, then
    }),
    client.on("change", ({ record }) => {
      if (record.type === "message" && (record.id === threadId || record.threadId === threadId))
        absorb([record]);
    }),
    client.connection.subscribe(({ name }) => {
      if (name === "online") void fetch().catch(() => {}); // by the next link, then
    }),
  ];
  const begin = (): readonly Unsubscribe[] => {
    const ends = follow();
    view.invalidate(); // nobody has listened until now
    if (!now().page) restore().catch(() => {}); // then it is only asked for
    void fetch().catch(() => {});
    return ends;
  };

  return {
    view: whileWatched(view, begin),
    async loadOlder() {
      const { hasOlder, messages } = now();
      if (hasOlder) await fetch(oldestOf(messages));
    },
    async markRead() {
      const newest = view.get().items.findLast(({ message }) => message.seq > 0)?.message.seq ?? 0;
      return newest > notes.now().readSeq ? notes.put("read", { seq: newest }) : undefined;
    },
    follow: () => notes.put("followed", {}),
    unfollow: () => notes.put("followed"),
  };
}

/** As the backend would say it: the newest of what is known. */
function pageOf(
  { messages, page, hasOlder }: Known,
  threadId: string,
  limit: number,
): ThreadPage | undefined {
  if (!page) return undefined;
  const root = messages.get(threadId);
  const replies = [...messages.values()].filter(({ id }) => id !== threadId).sort(bySeq);
  return {
    ...{ ...page, messages: replies.slice(-limit), hasOlder: hasOlder || replies.length > limit },
    ...(root && { root }),
  };
}

interface ThreadNotes {
  now(): { readonly readSeq: number; readonly followed: boolean };
  subscribe(listener: () => void): () => void;
  put(kind: "read" | "followed", value?: NoteValue): Promise<Sent>;
}

/** What the user has noted of a thread, on any device. */
function notesOf(core: Core, conversationId: string, messageId: string): ThreadNotes {
  const notebook = notebookOf(core.userId() ?? "");
  const replica = core.directory.open(notebook);
  core.keeper.open(replica);
  const subject = (kind: "read" | "followed"): NoteSubject => ({ kind, conversationId, messageId });
  const find = (kind: "read" | "followed"): NoteRecord | undefined =>
    replica.records.note(noteIdOf(subject(kind)));
  return {
    now: () => ({ readSeq: find("read")?.value?.seq ?? 0, followed: find("followed")?.value !== undefined }),
    subscribe: (listener) => replica.notes.subscribe(listener),
    put: (kind, value) =>
      core.give(
        notebook,
        value
          ? { type: "note.set", subject: subject(kind), value }
          : { type: "note.clear", subject: subject(kind) },
      ),
  };
}

function viewOf(
  core: Core,
  { messages, page, hasOlder }: Known,
  shown: Iterable<{ readonly type: string; readonly key: string }>,
  threadId: string,
  { readSeq, followed }: ReturnType<ThreadNotes["now"]>,
): ThreadView {
  const userId = core.userId();
  const items = new Map<string, MessageItem>();
  for (const message of [...messages.values()].sort(bySeq))
    if (message.id !== threadId) items.set(message.id, itemOf(core.reading.message(message), userId));
  let root: MessageRecord | undefined = messages.get(threadId);
  // What is loaded of the conversation knows more: what is pending on it, and how far it has got.
  for (const item of shown) {
    if (!isMessage(item)) continue;
    if (item.key === threadId) root = item.message;
    else if (item.message.threadId === threadId) items.set(item.key, item);
  }
  const all = [...items.values()].sort((one, other) => placeOf(one) - placeOf(other));
  const head = page?.head ?? { rev: 0, seq: 0 };
  const isDeleted = ({ message }: MessageItem): boolean => message.deletedAt !== undefined;
  const heard = all.filter((item) => item.message.seq > head.seq && !isDeleted(item)).length;
  const gone = all.filter(
    (item) => item.message.seq <= head.seq && item.message.rev > head.rev && isDeleted(item),
  ).length;
  return {
    root: root && core.reading.message(root),
    items: all,
    hasOlder: page !== undefined && hasOlder,
    replies: (page?.replies ?? 0) + heard - gone,
    userIds: [...new Set([...(page?.userIds ?? []), ...all.map(({ message }) => message.authorId)])].slice(
      0,
      8,
    ),
    unread: unreadIn(all, readSeq, page && countedIn(page)),
    followed,
  };
}

function itemOf(message: MessageRecord, userId: string | undefined): MessageItem {
  const own = message.authorId === userId;
  return { type: "message", key: message.id, message, status: "sent", own, pending: false, error: undefined };
}

/** What has no place yet stands at the end, in the order it was given: sorting keeps that. */
function placeOf({ message }: MessageItem): number {
  return message.seq === 0 ? Infinity : message.seq;
}

function bySeq(one: MessageRecord, other: MessageRecord): number {
  return one.seq - other.seq;
}

function oldestOf(messages: ReadonlyMap<string, MessageRecord>): number {
  const replies = [...messages.values()].filter(({ threadId }) => threadId !== undefined);
  return Math.min(...replies.map(({ seq }) => seq), Number.MAX_SAFE_INTEGER);
}

function isMessage(item: { readonly type: string }): item is MessageItem {
  return item.type === "message";
}
