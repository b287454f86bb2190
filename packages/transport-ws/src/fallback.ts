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
  /** Absent where the platform has no WebSocket. */
  readonly bySocket: ((opening: Opening) => Promise<Link>) | undefined;
  /** By sockets of one's own. @param connectTo - is given the address for WebSockets. */
  over(connectTo: (url: string) => Connect, opening: Opening): Promise<Link>;
}

/** Chooses among the ways. */
export interface Fallback {
  open(ways: Ways, opening: Opening): Promise<Link>;
}
