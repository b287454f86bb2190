import type { Observable, Scope } from "../base/observable.ts";
import type { CustomOf, CustomSchemas, JsonCustom } from "../compose/custom.ts";
import { isIn } from "../domain/standing.ts";
import { isNotebook } from "../protocol/notes.ts";
import type { ConversationRecord, MessageRecord } from "../protocol/records.ts";
import type { Replica } from "../timeline/replica.ts";

/** A conversation as a list shows it. */
export interface ConversationItem<Schemas extends CustomSchemas = JsonCustom> {
  readonly conversationId: string;
  readonly record: ConversationRecord<CustomOf<Schemas, "conversation">> | undefined;
  readonly lastMessage: MessageRecord<CustomOf<Schemas, "message">> | undefined;
  readonly unread: number;
  /** The other person of a direct conversation, as far as known. */
  readonly otherId: string | undefined;
  /** When something was last said or, before that, when it began; server time, ms. */
  readonly activeAt: number;
}

/** The list of conversations, of which only those are looked at again that may have changed. */
export interface Listing {
  readonly list: Observable<readonly ConversationItem[]>;
  /** It changed, came or went. */
  relist(conversationId: string): void;
}

export interface ListingOptions {
  readonly scope: Scope;
  readonly userId: () => string;
  /** All there are. */
  readonly ids: () => Iterable<string>;
  readonly find: (conversationId: string) => Replica | undefined;
}

export function createListing({ scope, userId, ids, find }: ListingOptions): Listing {
  const items = new Map<string, ConversationItem>();
  const stale = new Set<string>();
  let listed: readonly ConversationItem[] = [];
  let reader = "";

  const itemNow = (conversationId: string): ConversationItem | undefined => {
    const replica = find(conversationId);
    const isListed = replica && !isNotebook(conversationId) && isIn(replica.records.participant(reader));
    return isListed ? itemOf(replica, reader, items.get(conversationId)) : undefined;
  };

  const list = scope.lazy(() => {
    if (reader !== userId()) for (const id of ids()) stale.add(id); // whose it was sees nothing more of it (D8)
    reader = userId();
    const next = [...listed];
    let isSame = true;
    for (const id of stale) {
      const [before, now] = [items.get(id), itemNow(id)];
      if (now === before) continue;
      isSame = false;
      if (before) next.splice(placeOf(before, next), 1);
      if (now) next.splice(placeOf(now, next), 0, now);
      if (now) items.set(id, now);
      else items.delete(id);
    }
    stale.clear();
    return isSame ? listed : (listed = next);
  });

  return {
    list,
    relist(conversationId) {
      if (find(conversationId) ?? items.has(conversationId)) stale.add(conversationId);
      else stale.delete(conversationId); // nobody may ever read the list (D9)
      list.invalidate();
    },
  };
}

/** Found by bisection: before the first that does not come before it. */
function placeOf(item: ConversationItem, items: readonly ConversationItem[]): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = items[middle];
    if (other && isBefore(other, item)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The most recently active first; of those active at once, always the same. */
function isBefore(one: ConversationItem, other: ConversationItem): boolean {
  return one.activeAt === other.activeAt
    ? one.conversationId < other.conversationId
    : one.activeAt > other.activeAt;
}

/** @param before - the same object for as long as nothing about it changes. */
function itemOf(replica: Replica, userId: string, before: ConversationItem | undefined): ConversationItem {
  const { conversationId } = replica;
  const record = replica.conversation.get();
  const last = replica.view.get().items.at(-1);
  const lastMessage = last?.type === "message" ? last.message : undefined;
  const unread = replica.unread.get();
  const otherId = record?.kind === "direct" ? otherOf(replica, userId) : undefined;
  const isSame =
    before?.record === record && before?.lastMessage === lastMessage && before?.unread === unread;
  if (before && isSame && before.otherId === otherId) return before;
  const activeAt = lastMessage?.createdAt ?? record?.createdAt ?? 0;
  return { conversationId, record, lastMessage, unread, otherId, activeAt };
}

function otherOf({ members }: Replica, userId: string): string | undefined {
  return members.get().find((person) => person.userId !== userId)?.userId;
}
