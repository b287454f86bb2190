import { hitOf, searchPlan } from "../domain/search.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Page, SearchQuery } from "../protocol/queries.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { SearchHit } from "../protocol/search.ts";
import type { Archive } from "./archive.ts";
import { hasBlocked } from "./blocks.ts";

type Place = Pick<MessageRecord, "createdAt" | "id">;

/**
 * Looks through everything the reader may read, the newest first.
 *
 * @throws {MessagingError} `conversation/not-found`, or `query/malformed` for a token of nobody's
 */
export function search(archive: Archive, userId: string, query: SearchQuery): Page<SearchHit> {
  const { conversationId, limit, after } = query;
  const stores =
    conversationId === undefined ? archive.conversationsOf(userId) : [archive.find(conversationId, userId)];
  if (!searchPlan(query, userId)) return { items: [] };
  const place = after === undefined ? undefined : placeOf(after);
  const hits = stores.flatMap((store) => {
    const { role = "member" } = store.participant(userId) ?? {};
    return store.messages().flatMap((message) => {
      const isBehind = !place || isBefore(message, place);
      const isShown = isBehind && !hasBlocked(archive, userId, message.authorId);
      return (isShown && hitOf(message, query, { userId, role })) || [];
    });
  });
  hits.sort((one, other) => (isBefore(one.message, other.message) ? 1 : -1));
  const items = hits.slice(0, limit);
  const last = items.at(-1)?.message;
  return hits.length > limit && last ? { items, next: `${last.createdAt}.${last.id}` } : { items };
}

function isBefore(one: Place, other: Place): boolean {
  return one.createdAt === other.createdAt ? one.id < other.id : one.createdAt < other.createdAt;
}

function placeOf(token: string): Place {
  const [, createdAt, id] = /^(\d{1,16})\.(.+)$/su.exec(token) ?? [];
  if (createdAt === undefined || id === undefined) {
    const message = 'unable to read the page; "after" is not a "next" of an earlier page';
    throw new MessagingError("query/malformed", { message });
  }
  return { createdAt: Number(createdAt), id };
}
