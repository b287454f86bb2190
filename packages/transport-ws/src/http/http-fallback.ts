import {
  type Clock,
  type Link,
  type Observable,
  type Random,
  systemClock,
  systemRandom,
} from "@tidings/core";
import { isMessagingError, type MessagingError } from "@tidings/core/errors";
import type { Fallback, Opening, Ways } from "../fallback.ts";
import { type CircuitBreaker, createCircuitBreaker } from "./breaker.ts";
import { createCell } from "./cell.ts";
import { connectByHttp } from "./http-socket.ts";
import type { Fetch } from "./post.ts";
import { createProbes } from "./probes.ts";
import { firstWay, nextWay, type Way, type WayEvent } from "./way.ts";

export interface HttpFallbackOptions {
  /** After so many sockets in a row that did not open HTTP is tried. 0 begins with HTTP. 2 by default. */
  readonly mostFailures?: number;
  /** How long a socket may take to be welcomed. 5 000 by default, less than without a fallback. */
  readonly socketTimeoutMs?: number;
  /** How long after a link over HTTP has opened a socket is tried beside it; longer each time, up to twentyfold. 30 000 by default; `Infinity` never tries. */
  readonly probeMs?: number;
  /** How long a poll waits at the server: less than the shortest patience of what is in between. 20 000 by default. */
  readonly pollMs?: number;
  /** How long any answer may take on its way. 10 000 by default. */
  readonly timeoutMs?: number;
  /** The platform's by default. Give your own for cookies, as for a balancer that knows its clients by them. */
  readonly fetch?: Fetch;
  /** To share one with other calls to the same server. */
  readonly breaker?: CircuitBreaker;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests. */
  readonly random?: Random;
}

/** For `webSocketTransport({ url, fallback })`. Serves one transport. */
export interface HttpFallback extends Fallback {
  /** How the next link is opened; with a link that is open, mostly how that was. */
  readonly way: Observable<Way>;
  /** What is thought of HTTP calls to the server. */
  readonly breaker: CircuitBreaker;
}

/**
 * Lets a client through where WebSockets are blocked: by HTTP requests that wait at the server for what there is to hear,
 * which look like any others to whatever is in between. It takes over when sockets fail and HTTP does not, tries a socket
 * now and then, and hands back when one opens: that link ends, and the client resumes on the next.
 *
 * @example
 * import { webSocketTransport } from "@tidings/transport-ws";
 * import { httpFallback } from "@tidings/transport-ws/http";
 * const transport = webSocketTransport({ url: "wss://chat.example.com", fallback: httpFallback() });
 */
export function httpFallback(options: HttpFallbackOptions = {}): HttpFallback {
  const { mostFailures = 2, socketTimeoutMs = 5_000, probeMs = 30_000, pollMs = 20_000 } = options;
  const { clock = systemClock, random = systemRandom, timeoutMs = 10_000 } = options;
  const { breaker = createCircuitBreaker({ clock, random }) } = options;
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  let state = firstWay(mostFailures);
  const way = createCell<Way>(state.next);

  const tell = (event: WayEvent): void => {
    state = nextWay(state, event, mostFailures);
    way.set(state.next);
  };

  /** Opens, and learns from it. A refusal came from the server too; one over HTTP need not be better than a socket. */
  const attempt = async (by: Way, signal: AbortSignal, open: () => Promise<Link>): Promise<Link> => {
    try {
      const link = await open();
      tell(`${by}-opened`);
      return link;
    } catch (error) {
      if (signal.aborted || !isMessagingError(error)) throw error;
      if (by === "socket") tell(leadsNowhere(error) ? "socket-failed" : "socket-opened");
      else if (error.category !== "auth") tell("http-failed");
      throw error;
    }
  };

  const probes = createProbes({ clock, random, probeMs });

  const overHttp = ({ bySocket, over }: Ways, opening: Opening): Promise<Link> =>
    over((url) => {
      const connect = connectByHttp(url, { fetch, breaker, pollMs, timeoutMs, clock, random });
      return probes.beside(connect, async (signal) => {
        const request = { ...opening.request, receive: () => {} };
        const probe = attempt("socket", signal, () =>
          bySocket({ request, signal, timeoutMs: socketTimeoutMs }),
        );
        const link = await probe.catch(() => undefined);
        link?.close();
        return state.next === "socket";
      });
    }, opening);

  return {
    way,
    breaker,
    async open(ways, opening) {
      const { signal } = opening;
      const byHttp = (): Promise<Link> => attempt("http", signal, () => overHttp(ways, opening));
      if (state.next === "http") return byHttp();
      try {
        return await attempt("socket", signal, () =>
          ways.bySocket({ ...opening, timeoutMs: socketTimeoutMs }),
        );
      } catch (error) {
        if (isMessagingError(error) && error.code === "client/misused") return byHttp(); // there are no sockets here
        throw error;
      }
    },
  };
}

function leadsNowhere({ code }: MessagingError): boolean {
  return code === "connection/failed" || code === "connection/timeout" || code === "client/misused";
}
