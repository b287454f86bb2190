import { failure } from "./close-error.ts";

/**
 * The address for a WebSocket: `http(s):` becomes `ws(s):`. Read with a pattern, as React Native's `URL` is not whole.
 *
 * @throws {MessagingError} `client/misused`
 */
export function socketUrl(url: string): string {
  const [, secure, rest] = /^(?:ws|http)(s?):\/\/([^\s#]+)$/i.exec(url) ?? [];
  if (rest !== undefined) return `ws${secure ? "s" : ""}://${rest}`;
  const [shown] = String(url).split(/[?#]/); // what follows may be secret
  throw failure(
    "client/misused",
    `unable to connect; "${shown}" is no address such as wss://chat.example.com`,
  );
}
