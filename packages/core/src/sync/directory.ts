import type { Observable, Scope } from "../base/observable.ts";
import { isIn } from "../domain/standing.ts";
import type { ConversationRecord, MessageRecord } from "../protocol/records.ts";
import type { Replica } from "../timeline/replica.ts";

/** A conversation as a list shows it. */
export interface ConversationItem {
  readonly conversationId: string;
  readonly record: ConversationRecord | undefined;
  readonly lastMessage: MessageRecord | undefined;
  readonly unread: number;
  /** When something was last said or, before that, when it began; server time, ms. */
  readonly activeAt: number;
}

/** The replicas of one client. */
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
  /** The user was in it and is no more. */
  isLeft(replica: Replica): boolean;
  all(): Iterable<Replica>;
}

export interface DirectoryOptions {
  readonly scope: Scope;
  readonly userId: () => string;
  readonly create: (conversationId: string) => Replica;
}

export function createDirectory({ scope, userId, create }: DirectoryOptions): Directory {
  const replicas = new Map<string, Replica>();
  const opened = new Set<string>();
  const list = scope.lazy(() =>
    [...replicas.values()]
      .filter((replica) => isIn(replica.records.participant(userId())))
      .map(itemOf)
      .sort((one, other) => other.activeAt - one.activeAt),
  );

  const get = (conversationId: string): Replica => {
    let replica = replicas.get(conversationId);
    if (!replica) {
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
    isLeft({ records }) {
      const self = records.participant(userId());
      return self !== undefined && !isIn(self);
    },
    all: () => replicas.values(),
  };
}

function itemOf(replica: Replica): ConversationItem {
  const record = replica.conversation.get();
  const last = replica.view.get().items.at(-1);
  const lastMessage = last?.type === "message" ? last.message : undefined;
  return {
    conversationId: replica.conversationId,
    record,
    lastMessage,
    unread: replica.unread.get(),
    activeAt: lastMessage?.createdAt ?? record?.createdAt ?? 0,
  };
}
