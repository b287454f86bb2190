import { unnamedMarks } from "../domain/poll.ts";
import { addRange, gapsIn, type Ranges } from "../base/ranges.ts";
import { isIn } from "../domain/standing.ts";
import type { StorageOperation } from "../ports/storage.ts";
import type { Cursor } from "../protocol/changes.ts";
import type { ConversationSummary, HistoryPage } from "../protocol/queries.ts";
import type { OwnReactions } from "../protocol/within.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { Replica } from "../timeline/replica.ts";
import type { Confirmed } from "../timeline/confirmed.ts";
import { countUnread } from "../timeline/unread.ts";
import type { CacheKeys } from "./keys.ts";

/** What lies on storage of a timeline beside its messages. */
export interface SavedTimeline {
  /** A history page without its messages. */
  readonly page: Omit<HistoryPage, "messages" | "own" | "fromSeq" | "toSeq">;
  /**
   * The stretches of which all messages are on storage, how many these are, and the sum of their revisions: anything else
   * means damage, or that another tab has written over some with what it knew.
   */
  readonly known: Ranges;
  readonly count: number;
  readonly sum: number;
  readonly participants: readonly unknown[];
  readonly receipts: readonly unknown[];
  /** Of a notebook, if all of them are known. */
  readonly notes?: readonly unknown[];
}

/** Messages kept of one conversation: the newest. */
const MOST_MESSAGES = 1_000;
/** People kept of one conversation; of a larger one nobody, they are loaded on demand. */
const MOST_PEOPLE = 100;

/** A summary as the backend would give it, if all that is needed for one is known. */
export function summaryOf(replica: Replica, userId: string): ConversationSummary | undefined {
  const confirmed = replica.confirmed();
  const { conversation, participants, receipts, head, revisions, messages, isStale } = confirmed;
  const self = participants.get(userId);
  if (!conversation || !self || isStale || revisions.cursor === undefined || revisions.cursor < head.rev)
    return undefined;
  const receipt = receipts.get(userId);
  const [last] = messages.slots.slice(messages.slots.size - 1, 1);
  return {
    ...{ conversation, self, head },
    memberCount: [...participants.values()].filter(isIn).length,
    unread: countUnread(confirmed, receipt?.readSeq ?? 0, userId),
    ...(last && { lastMessage: last.message }),
    ...(receipt && { receipt }),
  };
}

/**
 * What brings a timeline on storage from `before` to where the replica is.
 *
 * @param changed - ids of messages that may have changed since; `undefined` for all.
 */
export function timelineWrites(
  replica: Replica,
  cursor: Cursor,
  keys: CacheKeys,
  before: Ranges,
  changed: ReadonlySet<string> | undefined,
): { readonly known: Ranges; readonly operations: readonly StorageOperation[] } {
  const { conversationId } = replica;
  const confirmed = replica.confirmed();
  const { messages, head, participants, receipts, notes } = confirmed;
  const known = newest(messages.known);
  const first = known[0]?.from ?? 0;
  const operations: StorageOperation[] = [];
  const below = messages.slots.below(first).size;
  const kept = messages.slots.slice(below, messages.slots.size - below);
  let sum = 0;
  for (const { message } of kept) {
    sum += message.rev;
    if (changed && !changed.has(message.id)) continue;
    const value = { message, own: ownReactions(message, confirmed) };
    operations.push({ type: "put", key: keys.message(conversationId, message.seq), value });
  }
  for (const range of before) {
    for (const { from, to } of gapsIn(known, range.from, range.to)) {
      for (let seq = from; seq <= to; seq += 1) {
        operations.push({ type: "delete", key: keys.message(conversationId, seq) });
      }
    }
  }
  const value: SavedTimeline = {
    page: { epoch: cursor.epoch, floorSeq: messages.floorSeq, head },
    ...{ known, sum, count: kept.length },
    participants: participants.size > MOST_PEOPLE ? [] : [...participants.values()],
    receipts: receipts.size > MOST_PEOPLE ? [] : [...receipts.values()],
    ...(notes.isWhole && notes.byId.size <= MOST_MESSAGES && { notes: [...notes.byId.values()] }),
  };
  operations.push({ type: "put", key: keys.timeline(conversationId), value });
  return { known, operations };
}

function newest(known: Ranges): Ranges {
  const from = (known.at(-1)?.to ?? 0) - MOST_MESSAGES + 1;
  return known.reduce<Ranges>((kept, range) => addRange(kept, Math.max(from, range.from), range.to), []);
}

function ownReactions(message: MessageRecord, { facts }: Confirmed): OwnReactions[string] {
  return unnamedMarks(message).filter((mark) => facts.has(message.id, mark));
}
