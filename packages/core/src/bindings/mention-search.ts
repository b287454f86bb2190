import type { Core } from "../client/core.ts";
import { isMessagingError } from "../errors/messaging-error.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { SearchHit } from "../protocol/search.ts";
import type { Replica } from "../timeline/replica.ts";

/** What the backend finds of messages that mention the user, beside those the client holds. */
export interface MentionSearch {
  /** Asks, unless it is being asked; once for what is unread in these. */
  ask(replicas: readonly Replica[]): void;
  /** Up to here it was asked for what is unread in a conversation. */
  coveredTo(conversationId: string): number;
  /** Unread ones that the client does not hold. */
  messagesIn(replica: Replica): readonly MessageRecord[];
  /** A message has come or was changed. One that nobody holds may mention the user by now: that has to be asked for. */
  absorb(message: MessageRecord): void;
  /** What was asked for counts no more. */
  forget(): void;
}

/** Messages kept, the newest (D9). */
const MOST_FOUND = 200;
/** A page may be empty and yet not be the last. */
const MOST_PAGES = 5;

/** @param onFound - there may be more than before. */
export function createMentionSearch(core: Core, onFound: () => void): MentionSearch {
  let found = new Map<string, MessageRecord>();
  const covered = new Map<string, number>();
  let isAsking = false;
  let isSupported = true;

  const look = async (): Promise<readonly SearchHit[]> => {
    const hits: SearchHit[] = [];
    const limit = Math.min(MOST_FOUND, core.limits().pageSize);
    let after: string | undefined;
    for (let pages = 0; pages < MOST_PAGES && hits.length < MOST_FOUND; pages += 1) {
      const query = {
        type: "search",
        mentionsMe: true,
        limit,
        ...(after !== undefined && { after }),
      } as const;
      const { items, next } = await core.loader.query(query);
      hits.push(...items);
      if (next === undefined) break;
      after = next;
    }
    return hits;
  };

  const ask = async (replicas: readonly Replica[]): Promise<void> => {
    const heads = replicas.map(({ conversationId, records }) => [conversationId, records.head.seq] as const);
    const reader = core.userId();
    const hits = await look();
    if (reader !== core.userId()) return;
    found = new Map(hits.slice(0, MOST_FOUND).map(({ message }) => [message.id, message]));
    for (const [conversationId, seq] of heads) covered.set(conversationId, seq);
  };

  return {
    ask(replicas) {
      if (isAsking || !isSupported || replicas.length === 0) return;
      isAsking = true;
      ask(replicas)
        .catch((error: unknown) => {
          // Offline, it is asked by the next link.
          if (isMessagingError(error) && error.code === "command/unsupported") isSupported = false;
        })
        .finally(() => {
          isAsking = false;
          onFound();
        });
    },
    coveredTo: (conversationId) => covered.get(conversationId) ?? 0,
    messagesIn: ({ conversationId, readSeq, records }) =>
      [...found.values()].filter(
        (message) =>
          message.conversationId === conversationId &&
          message.seq > readSeq &&
          records.message(message.id) === undefined,
      ),
    absorb(message) {
      const known = found.get(message.id);
      if (known && known.rev < message.rev) found.set(message.id, message);
      const { conversationId, id } = message;
      if (!core.directory.peek(conversationId)?.records.message(id)) covered.delete(conversationId);
    },
    forget() {
      covered.clear();
      isSupported = true;
    },
  };
}
