import type { Cancel } from "../base/clock.ts";
import type { Observable, Unsubscribe } from "../base/observable.ts";
import { whileWatched } from "../base/while-watched.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { isSameJson } from "../domain/outcome.ts";
import type { MessageItem } from "../timeline/item.ts";
import type { Replica } from "../timeline/replica.ts";
import type { TimelineView } from "../timeline/view.ts";
import { notesOf } from "./notes-of.ts";
import { countThreads } from "./thread-counts.ts";
import { type CountedUnread, unreadIn } from "./thread-unread.ts";

/** What the first message of a thread says about it. */
export interface ThreadSummary {
  readonly replies: number;
  /** The newest reply's server time, ms. */
  readonly lastAt: number;
  /** The first few who wrote in it, of what is loaded. */
  readonly userIds: readonly string[];
  /**
   * Messages of others above what was read of the thread. `threadsIn` knows only those that are loaded; `openThreads` has the
   * backend count where they are not all here.
   */
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
/** What a backend is to count is asked for together. */
const GATHER_MS = 300;

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
  const { core } = internalsOf(client);
  const { counted, ask, doubt } = countThreads(core, conversationId);
  let before: ReadonlyMap<string, ThreadSummary> = new Map();
  const readNow = (): ((threadId: string) => number) => {
    const read = new Map(
      notes
        .get()
        .flatMap(({ subject: { kind, messageId }, value }) =>
          kind === "read" && messageId !== undefined ? [[messageId, value?.seq ?? 0]] : [],
        ),
    );
    return (threadId) => read.get(threadId) ?? 0;
  };
  const view = core.scope.lazy(() => {
    const readSeqOf = readNow();
    const now = timeline.get();
    const known = before;
    before = new Map(
      [...threadsIn(now, { readSeqOf })].map(([id, loaded]) => {
        const unread = unreadOf(now, id, readSeqOf(id), counted.get().get(id)) ?? loaded.unread;
        const [last, summary] = [known.get(id), { ...loaded, unread }];
        return [id, last && isSameJson(last, summary) ? last : summary];
      }),
    );
    return before;
  }, isSameMap);
  const replica = core.directory.open(conversationId);
  let timer: Cancel | undefined;
  /** Not before what was missed has come by itself. */
  const askForRest = (): void => {
    timer ??= core.clock.after(GATHER_MS, () => {
      timer = undefined;
      const readSeqOf = readNow();
      for (const id of view.get().keys()) if (!isAllHere(replica, id, readSeqOf(id))) ask(id, readSeqOf(id));
    });
  };
  const begin = (): readonly Unsubscribe[] => {
    view.invalidate(); // nobody has listened until now
    askForRest();
    return [
      counted.subscribe(view.invalidate),
      ...[timeline, notes].map((source) =>
        source.subscribe(() => {
          view.invalidate();
          askForRest();
        }),
      ),
      client.connection.subscribe(({ name }) => {
        if (name !== "online") return;
        doubt();
        askForRest();
      }),
      client.on("change", ({ kind, record }) => {
        if (kind !== "message.delete" || record.type !== "message" || record.threadId === undefined) return;
        doubt(record.threadId); // it may be one that is not here
        askForRest();
      }),
      () => {
        timer?.();
        timer = undefined;
      },
    ];
  };
  return whileWatched(view, begin);
}

/** As the backend has counted it; undefined where it has not. */
function unreadOf(
  view: TimelineView,
  threadId: string,
  readSeq: number,
  counted: CountedUnread | undefined,
): number | undefined {
  return (
    counted &&
    unreadIn(
      threadIn(view, threadId).filter(({ key }) => key !== threadId),
      readSeq,
      counted,
    )
  );
}

/** Everything that may be unread of a thread is loaded: no reply comes before the thread's first message. */
function isAllHere({ records, known, holes, view }: Replica, threadId: string, readSeq: number): boolean {
  const from = Math.max(readSeq, records.message(threadId)?.seq ?? 0);
  const oldest = known[0]?.from ?? Infinity;
  return (!view.get().hasOlder || oldest <= from + 1) && holes.every(({ to }) => to <= from);
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
