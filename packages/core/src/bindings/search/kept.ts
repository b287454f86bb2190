import type { Clock } from "../../base/clock.ts";
import type { Observable } from "../../base/observable.ts";
import { type CacheKeys, cacheKeys } from "../../cache/keys.ts";
import { keptPage, type KeptTimeline, keptTimelines, pagesOf } from "../../cache/kept.ts";
import { type Internals, internalsOf } from "../../client/internals.ts";
import type { Client } from "../../client/types.ts";
import { hitOf, searchPlan } from "../../domain/search.ts";
import { isIn } from "../../domain/standing.ts";
import { notebookOf } from "../../protocol/notes.ts";
import type { MessageRecord, ParticipantRecord } from "../../protocol/records.ts";
import type { SearchFilter, SearchHit } from "../../protocol/search.ts";
import { notesOf } from "../notes-of.ts";
import { type IndexHost, inPage, inWorker, type SearchWorker } from "./index-host.ts";
import type { KeptProgress } from "./types.ts";

/** What was found on storage. */
export interface KeptFound {
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
  /** Conversations were opened meanwhile: what was found in them is in memory now. */
  readonly hasOpened: boolean;
}

/**
 * What lies on storage of conversations that were not opened in this life, read once and held to be searched. Where more has
 * happened than storage knows of, the conversation is opened: then what was edited or deleted is neither found nor kept.
 */
export interface Kept {
  /** How much of it has been read; undefined once all of it has. */
  readonly progress: Observable<KeptProgress | undefined>;
  /** Counts up when something has changed in what was opened for a search. */
  readonly caughtUp: Observable<number>;
  find(filter: SearchFilter, limit: number): Promise<KeptFound>;
  /** Reads what has come or changed since it was read last, unless that was a moment ago. */
  refresh(): void;
}

/** Messages whose words are held (D9): all that the cache keeps, where one client alone fills it. */
const MOST_INDEXED = 100_000;
/** Other tabs may have written meanwhile. */
const REST_MS = 10_000;
/** Reading goes on in the next turn after so long. */
const SLICE_MS = 4;
/** Opened for one search: each takes a moment. */
const MOST_OPENED = 4;
/** What was found may mean nothing to the reader, such as a role they have not: then more is asked for, so often. */
const MOST_ROUNDS = 3;

const NOTHING: KeptFound = { hits: [], hasMore: false, hasOpened: false };

const known = new WeakMap<object, Kept>();
const workers = new WeakMap<object, () => SearchWorker>();

/**
 * The words of what lies on storage are to be held, and looked through, in a worker that calls `serveSearch` of
 * `@tidings/core/search/worker`. To be called before the first search of this client, which then makes it; where it cannot be
 * loaded, or ends, the page does its work, in slices.
 */
export function searchInWorker(client: Pick<Client, "userId">, make: () => SearchWorker): void {
  workers.set(client, make);
}

function hostOf(client: object, clock: Clock, onBroken: () => void): IndexHost {
  try {
    const worker = workers.get(client)?.();
    return worker ? inWorker(worker, onBroken) : inPage(clock);
  } catch {
    return inPage(clock); // a page may not be allowed to have workers
  }
}

/** The same for all searches of a client. */
export function keptOf(client: Client): Kept {
  const kept = known.get(client) ?? createKept(client);
  known.set(client, kept);
  return kept;
}

function createKept(client: Client): Kept {
  const internals = internalsOf(client);
  const { core, session, storage } = internals;
  const { clock, scope, directory } = core;
  const indexed = new Map<string, KeptTimeline>();
  const progress = scope.cell<KeptProgress | undefined>(undefined);
  const caughtUp = scope.cell(0);
  let host = hostOf(client, clock, () => {
    host = inPage(clock);
    indexed.clear();
    refreshAnew();
  });
  let keys: CacheKeys = cacheKeys("");
  let owner: string | undefined;
  let reading: Promise<void> | undefined;
  let readAt = -Infinity;
  let turnedAt = 0;

  const drop = (conversationId: string): void => {
    indexed.delete(conversationId);
    host.drop(conversationId);
  };

  /** So that the page can do something else, where it has not just done so. */
  const turn = async (): Promise<void> => {
    if (clock.now() - turnedAt < SLICE_MS) return;
    await new Promise<void>((resolve) => void clock.after(0, resolve));
    turnedAt = clock.now();
  };

  /** Not yet in memory as a whole, of this epoch, and the user's to read. */
  const standing = ({ summary, epoch }: KeptTimeline): ParticipantRecord | undefined => {
    const { conversationId } = summary.conversation;
    if (core.userId() !== owner) return undefined;
    const replica = directory.peek(conversationId);
    const isLoaded = directory.isOpen(conversationId) && !(replica && core.keeper.cache.load(replica));
    if (isLoaded || (session.epoch() ?? epoch) !== epoch) return undefined;
    const self = replica?.records.participant(owner ?? "") ?? summary.self;
    return isIn(self) ? self : undefined;
  };

  const read = async (): Promise<void> => {
    await core.keeper.idle(); // storage is open, and what was given is there
    const userId = core.userId();
    if (userId === undefined || core.isClosed()) return;
    if (owner !== userId) for (const id of indexed.keys()) drop(id);
    owner = userId;
    keys = cacheKeys(userId);
    const due: KeptTimeline[] = [];
    const there = new Set<string>();
    let [done, total] = [0, 0];
    for await (const timeline of keptTimelines(storage, keys)) {
      await turn();
      const { conversationId } = timeline.summary.conversation;
      if (!standing(timeline) || total + timeline.count > MOST_INDEXED) continue;
      there.add(conversationId);
      total += timeline.count;
      if (indexed.get(conversationId)?.stamp === timeline.stamp) done += timeline.count;
      else due.push(timeline);
    }
    for (const id of indexed.keys()) if (!there.has(id)) drop(id);
    for (const timeline of due) {
      await take(timeline, (more) => progress.set({ done: (done += more), total }));
    }
  };

  /** All of it, or nothing: what was read in part would count as read. */
  const take = async (timeline: KeptTimeline, onRead: (messages: number) => void): Promise<void> => {
    const { conversationId } = timeline.summary.conversation;
    const [into, of] = [host, keys];
    let isWhole = false;
    drop(conversationId);
    indexed.set(conversationId, timeline);
    try {
      for (const page of pagesOf(timeline)) {
        onRead(0);
        const messages = await keptPage(storage, of, conversationId, page);
        if (host !== into || core.userId() !== owner) return;
        host.add(conversationId, messages);
        onRead(messages.length);
        await turn();
      }
      isWhole = true;
    } finally {
      if (!isWhole) drop(conversationId);
    }
  };

  const refreshAnew = (): void => {
    readAt = -Infinity;
    refresh();
  };

  const refresh = (): void => {
    if (reading || core.isClosed() || clock.now() - readAt < REST_MS) return;
    readAt = clock.now();
    if (indexed.size === 0) progress.set({ done: 0, total: 0 });
    reading = read()
      .catch(() => {}) // what cannot be read is not found
      .finally(() => {
        reading = undefined;
        progress.set(undefined);
      });
  };

  /** It lies there as it is now, as far as can be known without asking. */
  const isCurrent = ({ summary, rev }: KeptTimeline): boolean => {
    const head = directory.peek(summary.conversation.conversationId)?.records.head;
    return (head?.rev ?? 0) <= rev || client.connection.get().name !== "online";
  };

  const open = async (conversationId: string): Promise<void> => {
    const replica = directory.open(conversationId);
    replica.view.subscribe(() => caughtUp.set(caughtUp.get() + 1));
    core.keeper.open(replica);
    await core.keeper.cache.load(replica);
    drop(conversationId);
  };

  const openStale = async (found: readonly MessageRecord[]): Promise<boolean> => {
    const places = new Set(found.map(({ conversationId }) => conversationId));
    const stale = [...places].filter((id) => {
      const timeline = indexed.get(id);
      return timeline && standing(timeline) && !isCurrent(timeline);
    });
    for (const id of stale.slice(0, MOST_OPENED)) await open(id);
    return stale.length > 0;
  };

  const hitsIn = (message: MessageRecord, filter: SearchFilter): readonly SearchHit[] => {
    const timeline = indexed.get(message.conversationId);
    const self = timeline && standing(timeline);
    const floorSeq = directory.peek(message.conversationId)?.conversation.get()?.floorSeq ?? 0;
    const hit = self && message.seq >= floorSeq && hitOf(message, filter, self);
    return hit ? [hit] : [];
  };

  /** An edit, or a deletion, is to be kept, too. */
  client.on("change", ({ kind, conversationId }) => {
    const isTold = kind === "message.edit" || kind === "message.delete";
    if (isTold && indexed.has(conversationId)) void open(conversationId).catch(() => {});
  });
  client.userId.subscribe(refreshAnew);

  return {
    ...{ progress, caughtUp, refresh },
    async find(filter, limit) {
      refresh();
      const plan = searchPlan(filter, core.userId() ?? "");
      if (!plan || indexed.size === 0) return NOTHING;
      const { since, until, conversationId } = filter;
      const where = {
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
        ...(conversationId !== undefined && { conversationId }),
      };
      try {
        await notesKept(client, internals);
        let [hits, wanted, hasMore]: [readonly SearchHit[], number, boolean] = [[], limit, true];
        for (let round = 0; round < MOST_ROUNDS && hasMore && hits.length < limit; round += 1, wanted *= 2) {
          const found = await host.find({ plan, ...where, limit: wanted });
          if (await openStale(found)) return { ...NOTHING, hasOpened: true };
          hits = found.flatMap((message) => hitsIn(message, filter));
          hasMore = found.length === wanted;
        }
        return { hits, hasMore, hasOpened: false };
      } catch {
        return NOTHING;
      }
    },
  };
}

/** Resolves once what the user has hidden, and whom they block, is known as far as it is on storage. */
async function notesKept(client: Client, { core }: Internals): Promise<void> {
  notesOf(client);
  const notebook = core.directory.peek(notebookOf(core.userId() ?? ""));
  if (notebook) await core.keeper.cache.load(notebook);
}
