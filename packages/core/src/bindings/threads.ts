import type { Observable } from "../base/observable.ts";
import { whileWatched } from "../base/while-watched.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { isSameJson } from "../domain/outcome.ts";
import type { MessageItem } from "../timeline/item.ts";
import type { TimelineView } from "../timeline/view.ts";
import { notesOf } from "./notes-of.ts";

/** What the first message of a thread says about it. */
export interface ThreadSummary {
  readonly replies: number;
  /** The newest reply's server time, ms. */
  readonly lastAt: number;
  /** The first few who wrote in it, of what is loaded. */
  readonly userIds: readonly string[];
  /** Messages of others above what was read of the thread; only those that are loaded. */
  readonly unread: number;
}

export interface ThreadsOptions {
  /** How many of the newest items are looked through. Default 5 000: a plain scan, well under a millisecond. */
  readonly depth?: number;
  /** How far a thread was read, by the id of its first message. Default: nothing was. */
  readonly readSeqOf?: (threadId: string) => number;
}

const DEPTH = 5_000;
const MOST_NAMED = 8;

/** The threads that have a loaded, undeleted reply, by the id of their first message. */
export function threadsIn<Custom>(
  { items }: TimelineView<Custom>,
  { depth = DEPTH, readSeqOf = () => 0 }: ThreadsOptions = {},
): ReadonlyMap<string, ThreadSummary> {
  const threads = new Map<string, ThreadSummary>();
  for (const item of items.slice(-depth)) {
    if (item.type !== "message" || item.message.deletedAt !== undefined) continue;
    const { threadId, createdAt: lastAt, authorId, seq } = item.message;
    if (threadId === undefined) continue;
    const { replies = 0, unread = 0, userIds = [] } = threads.get(threadId) ?? {};
    threads.set(threadId, {
      ...{ replies: replies + 1, lastAt },
      userIds: userIds.length === MOST_NAMED || userIds.includes(authorId) ? userIds : [...userIds, authorId],
      unread: unread + Number(!item.own && seq > readSeqOf(threadId)),
    });
  }
  return threads;
}

/** The same, live, with what the user has read of each on any device. A summary stays the same object until it changes. */
export function openThreads<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
): Observable<ReadonlyMap<string, ThreadSummary>>;
export function openThreads(
  client: Client,
  conversationId: string,
): Observable<ReadonlyMap<string, ThreadSummary>> {
  const { timeline } = client.conversation(conversationId);
  const { notes } = notesOf(client);
  let before: ReadonlyMap<string, ThreadSummary> = new Map();
  const view = internalsOf(client).core.scope.lazy(() => {
    const read = new Map(
      notes
        .get()
        .flatMap(({ subject: { kind, messageId }, value }) =>
          kind === "read" && messageId !== undefined ? [[messageId, value?.seq ?? 0]] : [],
        ),
    );
    const now = threadsIn(timeline.get(), { readSeqOf: (threadId) => read.get(threadId) ?? 0 });
    const known = before;
    before = new Map(
      [...now].map(([id, summary]) => {
        const last = known.get(id);
        return [id, last && isSameJson(last, summary) ? last : summary];
      }),
    );
    return before;
  }, isSameMap);
  const begin = () => [timeline.subscribe(view.invalidate), notes.subscribe(view.invalidate)];
  return whileWatched(view, () => {
    const ends = begin();
    view.invalidate(); // nobody has listened until now
    return ends;
  });
}

function isSameMap<Value>(one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

/** The loaded messages of one thread, oldest first, its first message before them if it is loaded. */
export function threadIn<Custom>(
  { items }: TimelineView<Custom>,
  rootId: string,
  { depth = DEPTH }: ThreadsOptions = {},
): readonly MessageItem<Custom>[] {
  const root = items.at(items.indexOf(rootId));
  const replies = items
    .slice(-depth)
    .filter(
      (item): item is MessageItem<Custom> => item.type === "message" && item.message.threadId === rootId,
    );
  return root?.type === "message" && root.key === rootId ? [root, ...replies] : replies;
}
