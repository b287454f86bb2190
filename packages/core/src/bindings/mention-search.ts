import type { Core } from "../client/core.ts";
import { isMessagingError } from "../errors/messaging-error.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { SearchHit } from "../protocol/search.ts";
import type { Replica } from "../timeline/replica.ts";

/** What the backend finds of messages that mention the user, beside those the client holds. */
export interface MentionSearch {
  /** Asks, unless it is being asked, or is to be left in peace; once for what is unread in these. */
  ask(lacking: () => readonly Replica[]): void;
  /** Up to here it was asked for what is unread in a conversation. */
  coveredTo(conversationId: string): number;
  /** Unread ones that the client does not hold. */
  messagesIn(replica: Replica): readonly MessageRecord[];
  /**
   * A message has come or was changed. One that nobody holds may mention the user by now: that has to be asked for.
   *
   * @returns whether it has.
   */
  absorb(message: MessageRecord): boolean;
  /** What was asked for counts no more. */
  forget(): void;
}

/** Messages kept, the newest (D9). */
const MOST_FOUND = 200;
/** A page may be empty and yet not be the last. */
const MOST_PAGES = 5;
/** After a failure it is left in peace so long, if it does not say how long. */
const PAUSE_MS = 30_000;

/** @param onFound - there may be more than before. */
export function createMentionSearch(core: Core, onFound: () => void): MentionSearch {
  let found = new Map<string, MessageRecord>();
  const covered = new Map<string, number>();
  /** What has changed while it was asked: the answer may be from before. */
  const changed = new Set<string>();
  let ofWhom = core.userId();
  let notBefore = 0;
  let isAsking = false;
  let isSupported = true;

  /** Nothing that was found for somebody is there for the next, listened to or not (D8). */
  const turn = (): void => {
    if (ofWhom === core.userId()) return;
    ofWhom = core.userId();
    found.clear();
    covered.clear();
    notBefore = 0;
  };

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
    changed.clear();
    const hits = await look();
    if (reader !== core.userId()) return;
    found = new Map(hits.slice(0, MOST_FOUND).map(({ message }) => [message.id, message]));
    for (const [id, seq] of heads) if (!changed.has(id)) covered.set(id, seq);
  };

  return {
    ask(lacking) {
      turn();
      if (isAsking || !isSupported || core.clock.now() < notBefore) return;
      const replicas = lacking();
      if (replicas.length === 0) return;
      isAsking = true;
      ask(replicas)
        .catch((error: unknown) => {
          // Offline, it is asked by the next link.
          if (isMessagingError(error) && error.code === "command/unsupported") isSupported = false;
          notBefore = core.clock.now() + ((isMessagingError(error) && error.retryAfterMs) || PAUSE_MS);
        })
        .finally(() => {
          isAsking = false;
          onFound();
        });
    },
    coveredTo: (conversationId) => covered.get(conversationId) ?? 0,
    messagesIn: ({ conversationId, readSeq, records }) => {
      turn();
      return [...found.values()].filter(
        (message) =>
          message.conversationId === conversationId &&
          message.seq > readSeq &&
          records.message(message.id) === undefined,
      );
    },
    absorb(message) {
      const known = found.get(message.id);
      if (known && known.rev < message.rev) found.set(message.id, message);
      const { conversationId, id, content } = message;
      if (core.directory.peek(conversationId)?.records.message(id)) return false;
      changed.add(conversationId);
      const ranges = "text" in content ? (content.ranges ?? []) : [];
      const isNews = !known && ranges.some(({ type, value }) => type === "group" || value === core.userId());
      return isNews && covered.delete(conversationId);
    },
    forget() {
      covered.clear();
      notBefore = 0;
      isSupported = true;
    },
  };
}
