import type { Cancel, Clock } from "../base/clock.ts";
import type { Ranges } from "../base/ranges.ts";
import type { WriteGroup, Writer } from "../outbox/writer.ts";
import type { Storage, StorageOperation } from "../ports/storage.ts";
import type { Replica } from "../timeline/replica.ts";
import { staleBeside } from "./beside.ts";
import { type CacheKeys, cacheKeys } from "./keys.ts";
import { readSummary, readTimeline } from "./read.ts";
import { summaryOf, timelineWrites } from "./saved.ts";

/**
 * What the backend has said, kept on storage, so that a client paints before there is any network and then asks only for
 * what has happened since.
 *
 *   cache/1/<user>/list/<conversation>            a summary, its epoch, and when its timeline was used last
 *   cache/1/<user>/timeline/<conversation>        how far it goes: cursor, known stretches, people, receipts
 *   cache/1/<user>/timeline/<conversation>/…      its pins, and pages of its threads: see bindings/kept-page.ts
 *   cache/1/<user>/messages/<conversation>/<seq>  a message, and one's own reactions it does not name
 *
 * All that changed since the last write is one group: messages, people, cursor and summary move together, so a cursor
 * never covers what is not there. The group goes with whatever else is written, such as the end of a command that an ack
 * settles. One that fails leaves storage as it was, and its changes wait for the next.
 *
 * The laws are K1 to K9 of docs/spec/cache.md.
 */
export interface Cache {
  /** Shows what an earlier life has kept of the user. */
  restore(): Promise<void>;
  /** Shows a conversation's timeline, once; resolves with whether it could be read. Nothing where there is none. */
  load(replica: Replica): Promise<boolean> | undefined;
  /** What is confirmed of it has changed, these messages of it in any case. */
  touch(replica: Replica, messageIds: readonly string[]): void;
  /** @param isErasing - a command is erased, whose effect goes with it; else it need not be now. */
  rider(isErasing: boolean): WriteGroup | undefined;
  /** What may go to make room: the timeline used longest ago. */
  room(): Promise<readonly StorageOperation[]>;
  close(): void;
}

export interface CacheOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly writer: () => Writer;
  readonly userId: () => string;
  /** Of the backend, once it has said so in this life. */
  readonly epoch: () => string | undefined;
  readonly get: (conversationId: string) => Replica;
  readonly isOpen: (conversationId: string) => boolean;
  /** Runs what shows several things as one. */
  readonly batch: (work: () => void) => void;
}

/** Conversations in the list, and timelines among them, kept from one life to the next. */
const MOST_LISTED = 1_000;
const MOST_TIMELINES = 100;
/** Changes wait this long for others, unless something is written anyway. */
const GATHER_MS = 200;
/** After a failure. */
const REST_MS = 30_000;

interface Touched {
  readonly replica: Replica;
  readonly messageIds: Set<string>;
}

export function createCache(options: CacheOptions): Cache {
  const { storage, clock, writer, userId, epoch, isOpen, batch } = options;
  let touched = new Map<string, Touched>();
  /** Stretches on storage of the timelines that were loaded, or written, in this life. */
  let stored = new Map<string, Ranges>();
  /** When each timeline on storage was used last. */
  const usedAt = new Map<string, number>();
  /** The oldest sequences the backend keeps, as far as what lies beside timelines was seen to. */
  const floors = new Map<string, number>();
  /** Under way; nothing of these is written meanwhile. */
  const loads = new Map<string, Promise<boolean>>();
  let keys = cacheKeys("");
  /** Whose these are. Until `restore` was called for somebody else, nothing of theirs is written. */
  let owner = "";
  /** What changes comes from storage itself. */
  let isReading = false;
  let timer: Cancel | undefined;
  let isDue = false;
  let isClosed = false;

  const schedule = (delayMs: number): void => {
    if (isClosed) return;
    timer ??= clock.after(delayMs, () => {
      timer = undefined;
      isDue = true;
      writer().wake();
    });
  };

  const touch: Cache["touch"] = (replica, messageIds) => {
    if (isReading) return;
    const { conversationId } = replica;
    const each = touched.get(conversationId) ?? { replica, messageIds: new Set() };
    for (const messageId of messageIds) each.messageIds.add(messageId);
    touched.set(conversationId, each);
    schedule(GATHER_MS);
  };

  /** Everything there is of a conversation but its place in the list. */
  const removal = async (conversationId: string): Promise<StorageOperation[]> => {
    usedAt.delete(conversationId);
    stored.delete(conversationId);
    const operations: StorageOperation[] = [];
    for (const of of [keys.messages, keys.timeline]) {
      const found = await storage.scan({ prefix: of(conversationId) });
      for (const [key] of found) operations.push({ type: "delete", key });
    }
    return operations;
  };

  const drop = async (conversationId: string): Promise<void> => {
    const operations = await removal(conversationId);
    await writer().write([...operations, { type: "delete", key: keys.summary(conversationId) }]);
  };

  /** What was deleted, or is not kept any more, also goes from where it was pinned, or said in a thread. */
  const withdraw = async ({ replica, messageIds }: Touched): Promise<void> => {
    const { conversationId } = replica;
    const { get, floorSeq } = replica.confirmed().messages;
    const deleted = [...messageIds].filter((id) => get(id)?.message.deletedAt);
    if (deleted.length === 0 && floorSeq <= (floors.get(conversationId) ?? 1)) return;
    floors.set(conversationId, floorSeq);
    const operations = await staleBeside(storage, keys.timeline(conversationId), deleted, floorSeq);
    if (operations.length > 0) await writer().write(operations);
  };

  const read = async (replica: Replica): Promise<boolean> => {
    const { conversationId } = replica;
    const of: CacheKeys = keys;
    const value = await storage.get(of.timeline(conversationId));
    const messages = value === undefined ? [] : await storage.scan({ prefix: of.messages(conversationId) });
    const found = readTimeline(
      value,
      messages.map(([, message]) => message),
    );
    if (of !== keys) return false; // another user meanwhile
    if (!found || isOutdated(found.epoch)) {
      if (value !== undefined) await writer().write(await removal(conversationId));
      return false;
    }
    stored.set(conversationId, found.known);
    show(() => {
      found.pages.forEach(replica.acceptHistory);
      replica.acceptParticipants(found.participants, found.rev);
      found.receipts.forEach(replica.acceptReceipt);
      if (found.notes) replica.acceptNotes(found.notes, found.rev);
    });
    // What was heard before it was loaded is on storage neither with its timeline nor by itself.
    const { slots } = replica.confirmed().messages;
    const kept = new Set(found.pages.flatMap((page) => page.messages));
    const held = slots.slice(0, slots.size).map(({ message }) => message);
    touch(
      replica,
      held.flatMap((message) => (kept.has(message) ? [] : message.id)),
    );
    return true;
  };

  const isOutdated = (of: string): boolean => (epoch() ?? of) !== of;

  const show = (work: () => void): void => {
    isReading = true;
    batch(work);
    isReading = false;
  };

  /** Nothing while there is a gap: what is on storage is complete up to its cursor. */
  const writesOf = ({ replica, messageIds }: Touched): readonly StorageOperation[] | undefined => {
    const { conversationId, cursor } = replica;
    const summary = summaryOf(replica, owner);
    if (!summary || !cursor) return undefined;
    const operations: StorageOperation[] = [];
    if (isOpen(conversationId)) {
      const before = stored.get(conversationId);
      const writes = timelineWrites(replica, cursor, keys, before ?? [], before && messageIds);
      stored.set(conversationId, writes.known);
      usedAt.set(conversationId, clock.now());
      operations.push(...writes.operations);
    }
    const value = { epoch: cursor.epoch, summary, usedAt: usedAt.get(conversationId) ?? 0 };
    operations.push({ type: "put", key: keys.summary(conversationId), value });
    return operations;
  };

  const rider: Cache["rider"] = (isErasing) => {
    if (owner !== userId() || touched.size === 0 || !(isErasing || isDue)) return undefined;
    isDue = false;
    const taken = touched;
    const before = stored;
    touched = new Map();
    stored = new Map(stored);
    const operations = [...taken].flatMap(([id, each]) => {
      if (each.replica.confirmed().isAbsent) {
        drop(id).catch(() => {});
        return [];
      }
      withdraw(each).catch(() => {}); // it can be asked for again
      const writes = loads.has(id) ? undefined : writesOf(each);
      if (!writes) touched.set(id, each); // it comes along with what happens next
      return writes ?? [];
    });
    const settle = (error?: unknown): void => {
      if (error === undefined) return;
      for (const [id, each] of taken) {
        // What is absent was dropped by a write of its own; taken back, it would be dropped again and again.
        if (each.replica.confirmed().isAbsent) continue;
        const range = before.get(id);
        if (range) stored.set(id, range);
        else stored.delete(id);
        for (const messageId of touched.get(id)?.messageIds ?? []) each.messageIds.add(messageId);
        touched.set(id, each);
      }
      schedule(REST_MS);
    };
    return operations.length > 0 ? { operations, settle } : undefined;
  };

  const restore = async (): Promise<void> => {
    owner = userId();
    const of = (keys = cacheKeys(owner));
    for (const each of [stored, usedAt, loads, floors]) each.clear();
    const found = (await storage.scan({ prefix: of.list })).map(([key, value]) => ({
      key,
      ...readSummary(value),
    }));
    if (of !== keys) return;
    found.sort((one, other) => (other.activeAt ?? -1) - (one.activeAt ?? -1));
    const surplus = new Set(found.filter(({ summary }, index) => !summary || index >= MOST_LISTED));
    show(() => {
      for (const each of found.slice(0, MOST_LISTED).reverse()) {
        if (!each.summary || each.epoch === undefined || isOutdated(each.epoch)) continue;
        const { conversationId } = each.summary.conversation;
        if (each.usedAt) usedAt.set(conversationId, each.usedAt);
        const replica = options.get(conversationId);
        if (replica.cursor) continue; // the backend was faster, and knows better
        replica.acceptEpoch(each.epoch);
        replica.acceptSummary(each.summary);
      }
    });
    tidy([...surplus].map(({ key }) => key.at(-1) ?? "")).catch(() => {}); // nobody waits for it
  };

  const tidy = async (surplus: readonly string[]): Promise<void> => {
    for (const id of surplus) await drop(id);
    for (let excess = usedAt.size - MOST_TIMELINES; excess > 0; excess -= 1) {
      await writer().write(await oldest());
    }
  };

  const oldest = async (): Promise<readonly StorageOperation[]> => {
    const [first] = [...usedAt].filter(([id]) => !isOpen(id)).sort(([, one], [, other]) => one - other);
    return first ? removal(first[0]) : [];
  };

  return {
    restore,
    load(replica) {
      const { conversationId } = replica;
      const begun = loads.get(conversationId);
      if (begun || stored.has(conversationId) || !usedAt.has(conversationId)) return begun;
      const loading = read(replica)
        .catch(() => false)
        .finally(() => loads.delete(conversationId));
      loads.set(conversationId, loading);
      return loading;
    },
    ...{ touch, rider },
    room: oldest,
    close() {
      isClosed = true;
      isDue = true;
      timer?.();
    },
  };
}
