import type { Observable, Scope } from "../base/observable.ts";
import type { Replica } from "../timeline/replica.ts";
import { type ConversationItem, createListing } from "./listing.ts";

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
  /** @param onShown - to be called whenever what it shows may have changed. */
  readonly create: (conversationId: string, onShown: () => void) => Replica;
  /** How many replicas are kept. */
  readonly most: number;
}

/** Of those in use all the same, as something is pending in them, so many are passed over for one that is new. */
const MOST_PASSED = 8;

export function createDirectory({ scope, userId, create, most }: DirectoryOptions): Directory {
  const replicas = new Map<string, Replica>();
  const opened = new Set<string>();
  /** Of those not open, the one used longest ago first. */
  const idle = new Set<string>();
  const { list, relist } = createListing({
    scope,
    userId,
    ids: () => replicas.keys(),
    find: (id) => replicas.get(id),
  });

  const makeRoom = (): void => {
    let passed = 0;
    for (const id of idle) {
      if (replicas.size < most || passed > MOST_PASSED) return;
      idle.delete(id);
      if (replicas.get(id)?.hasPending) {
        idle.add(id);
        passed += 1;
      } else {
        replicas.delete(id);
        relist(id);
      }
    }
  };

  const get = (conversationId: string): Replica => {
    let replica = replicas.get(conversationId);
    if (!replica) {
      makeRoom();
      replica = create(conversationId, () => relist(conversationId));
      replicas.set(conversationId, replica);
    }
    idle.delete(conversationId); // to the end
    if (!opened.has(conversationId)) idle.add(conversationId);
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
