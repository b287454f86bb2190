import type { Link, OpenRequest } from "@tidings/core";
import type { Connect } from "./gateway.ts";

/** One attempt to open a link. */
export interface Opening {
  readonly request: OpenRequest;
  readonly signal: AbortSignal;
  /** The transport's own, if absent. */
  readonly timeoutMs?: number;
}

/** The ways of a transport to open a link. */
export interface Ways {
  /** @throws {MessagingError} `client/misused` where the platform has no WebSocket. */
  bySocket(opening: Opening): Promise<Link>;
  /** By sockets of one's own. @param connectTo - is given the address for WebSockets. */
  over(connectTo: (url: string) => Connect | Promise<Connect>, opening: Opening): Promise<Link>;
}

/** Chooses among the ways. */
export interface Fallback {
  open(ways: Ways, opening: Opening): Promise<Link>;
}
