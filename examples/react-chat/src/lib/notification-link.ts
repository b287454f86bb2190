import type { Destination } from "./chat-actions.ts";

const KEPT = "tidings-demo-link";

/** Where a notification led, if it opened this page. */
export function followed(): Exclude<Destination, string> | undefined {
  const query = new URLSearchParams(location.search);
  const [conversationId, id, seq] = [query.get("open"), query.get("message"), Number(query.get("seq"))];
  return conversationId && id && seq > 0 ? { conversationId, id, seq } : undefined;
}

/** Who one is stands in the link; a page that a notification opened has none. Your app asks its server instead. */
export function linkOf(hash: string): URLSearchParams {
  const isThere = hash.length > 1;
  if (isThere) localStorage.setItem(KEPT, hash);
  const isLed = new URLSearchParams(location.search).has("open");
  const kept = isLed ? (localStorage.getItem(KEPT) ?? "") : "";
  return new URLSearchParams((isThere ? hash : kept).slice(1));
}
