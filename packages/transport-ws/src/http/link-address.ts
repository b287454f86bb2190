/**
 * Where the exchanges of one link go, beside the address of WebSockets: `wss://host/chat?v=1`:
 * `https://host/chat/link/…?v=1`.
 *
 * @param url - of `socketUrl`.
 */
export function linkAddress(url: string, linkId: string): string {
  const [, address = "", query = ""] = /^ws([^?]*?)\/?(\?.*)?$/.exec(url) ?? [];
  return `http${address}/link/${linkId}${query}`;
}
