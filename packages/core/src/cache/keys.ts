import type { StorageKey } from "../ports/storage.ts";

/** Of what is kept in this way. What another version kept lies under other keys, and is never read. */
export const CACHE_VERSION = "1";

/** The places of one user's cache. */
export interface CacheKeys {
  readonly list: StorageKey;
  summary(conversationId: string): StorageKey;
  timeline(conversationId: string): StorageKey;
  messages(conversationId: string): StorageKey;
  message(conversationId: string, seq: number): StorageKey;
}

export function cacheKeys(userId: string): CacheKeys {
  const key = (...parts: readonly string[]): StorageKey => ["cache", CACHE_VERSION, userId, ...parts];
  return {
    list: key("list"),
    summary: (conversationId) => key("list", conversationId),
    timeline: (conversationId) => key("timeline", conversationId),
    messages: (conversationId) => key("messages", conversationId),
    message: (conversationId, seq) => key("messages", conversationId, String(seq).padStart(16, "0")),
  };
}
