import { failure } from "./faults.ts";

/** Where one API is reached. */
export interface Addresses {
  /** GraphQL over HTTP. */
  readonly endpoint: string;
  /** The real-time WebSocket. */
  readonly realtimeUrl: string;
  /** What AppSync wants to read in every authorisation: always that of HTTP, also when the WebSocket is dialled. */
  readonly host: string;
}

/** What comes before `api.` in an address of AppSync's own, without a custom domain. */
const OWN = /^(https:\/\/\w{26}\.appsync-)(?=api\.)/i;

/**
 * The real-time address as AWS derives it: another host for AppSync's own names, `/realtime` behind the path for a
 * custom domain. A proxy of one's own follows neither, so both can be given. Read with patterns, as React Native's
 * `URL` is not whole.
 *
 * @throws {MessagingError} `client/misused`
 */
export function addressesOf({
  endpoint,
  realtimeUrl,
  host,
}: {
  readonly endpoint: string;
  readonly realtimeUrl?: string | undefined;
  readonly host?: string | undefined;
}): Addresses {
  const derived = OWN.test(endpoint)
    ? endpoint.replace(OWN, "$1realtime-")
    : endpoint.replace(/\/?$/, "/realtime");
  return {
    endpoint,
    host: host ?? hostOf(endpoint),
    realtimeUrl: (realtimeUrl ?? derived).replace(/^http/i, "ws"),
  };
}

/** @throws {MessagingError} `client/misused` if it is no address. */
export function hostOf(url: string): string {
  const [, host] = /^(?:https?|wss?):\/\/([^\s/?#]+)/i.exec(url) ?? [];
  if (host !== undefined) return host;
  throw failure("client/misused", `unable to connect; "${url.split("?")[0]}" is no address`);
}
