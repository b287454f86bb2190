import type { Observable, Scope } from "../base/observable.ts";
import { isSameList } from "../base/same-list.ts";
import type { CustomOf, CustomSchemas, JsonCustom } from "../compose/custom.ts";
import { isIn } from "../domain/standing.ts";
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

/**
 * The replicas of one client. Beyond a bound the one used longest ago is forgotten, and fetched again when something
 * happens in it; never one that is open or shows what is pending (D9).
 */
export interface Directory {
  /** Those the user is in, most recently active first. */
  readonly list: Observable<readonly ConversationItem[]>;
  /** Made when first asked for. */
  get(conversationId: string): Replica;
  /** Only if it was asked for before. */
  peek(conversationId: string): Replica | undefined;
  /** As `get`, and kept complete from now on: the app holds a handle. */
  open(conversationId: string): Replica;
  isOpen(conversationId: string): boolean;
  all(): readonly Replica[];
}

export interface DirectoryOptions {
  readonly scope: Scope;
  readonly userId: () => string;
  readonly create: (conversationId: string) => Replica;
  /** How many replicas are kept. */
  readonly most: number;
}

export function createDirectory({ scope, userId, create, most }: DirectoryOptions): Directory {
  const replicas = new Map<string, Replica>();
  const opened = new Set<string>();
  const items = new WeakMap<Replica, ConversationItem>();
  const list = scope.lazy(
    () =>
      [...replicas.values()]
        .filter((replica) => isIn(replica.records.participant(userId())))
        .map((replica) => itemOf(replica, userId(), items))
        .sort((one, other) => other.activeAt - one.activeAt),
    isSameList,
  );

  const get = (conversationId: string): Replica => {
    let replica = replicas.get(conversationId);
    if (replica) {
      replicas.delete(conversationId); // to the end: the first is the one used longest ago
      replicas.set(conversationId, replica);
    } else {
      for (const [id, { hasPending }] of replicas) {
        if (replicas.size < most) break;
        if (!hasPending && !opened.has(id)) replicas.delete(id);
      }
      replica = create(conversationId);
      replicas.set(conversationId, replica);
      replica.view.subscribe(list.invalidate);
      replica.conversation.subscribe(list.invalidate);
      replica.members.subscribe(list.invalidate);
      replica.unread.subscribe(list.invalidate);
    }
    return replica;
  };

  return {
    list,
    get,
    peek: (conversationId) => replicas.get(conversationId),
    open(conversationId) {
      opened.add(conversationId);
      return get(conversationId);
    },
    isOpen: (conversationId) => opened.has(conversationId),
    all: () => [...replicas.values()],
  };
}

function itemOf(
  replica: Replica,
  userId: string,
  items: WeakMap<Replica, ConversationItem>,
): ConversationItem {
  const record = replica.conversation.get();
  const last = replica.view.get().items.at(-1);
  const lastMessage = last?.type === "message" ? last.message : undefined;
  const unread = replica.unread.get();
  const others = replica.members.get().filter((person) => person.userId !== userId);
  const otherId = record?.kind === "direct" ? others[0]?.userId : undefined;
  const before = items.get(replica);
  const isSame =
    before?.record === record && before?.lastMessage === lastMessage && before?.unread === unread;
  if (before && isSame && before.otherId === otherId) return before;
  const item = {
    ...{ record, lastMessage, unread, otherId, conversationId: replica.conversationId },
    activeAt: lastMessage?.createdAt ?? record?.createdAt ?? 0,
  };
  items.set(replica, item);
  return item;
}
