import { type Clock, type Random, systemClock, systemRandom, type Transport } from "@tidings/core";
import type { MessagingError } from "@tidings/core/errors";
import { addressesOf } from "./addresses.ts";
import type { AppSyncAuth } from "./credentials.ts";
import { defaultOperations } from "./default-operations.ts";
import { failure } from "./faults.ts";
import type { FetchLike } from "./http.ts";
import type { AppSyncOperations } from "./operations.ts";
import { type SessionOptions, startSession } from "./session.ts";
import { graphQlSignals, type SignalChannel } from "./signal-channel.ts";
import type { WebSocketConstructor } from "./web-socket-like.ts";

const NO_WEB_SOCKET =
  'unable to connect; this platform has no WebSocket, so pass that of the package "ws" as an option';

export interface AppSyncTransportOptions {
  /** Where GraphQL is answered: `https://….appsync-api.eu-west-1.amazonaws.com/graphql`, or a domain of yours. */
  readonly endpoint: string;
  /** Where the real-time WebSocket is, if a proxy of yours keeps it elsewhere than AppSync would. */
  readonly realtimeUrl?: string;
  /** The host that AppSync wants to read in every authorisation; that of `endpoint` by default. */
  readonly host?: string;
  /** By default the token of the client's `auth`. */
  readonly auth?: AppSyncAuth;
  /** What is said in GraphQL; by default that of the schema in `docs/guides/appsync.md`. */
  readonly operations?: AppSyncOperations;
  /** How typing and presence travel; by default as mutations, if `operations` knows how. */
  readonly signals?: SignalChannel;
  /** The platform's by default. */
  readonly fetch?: FetchLike;
  /** The class to connect with; the platform's by default. Node 20 has none: pass that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Where the proof of who one is travels when a WebSocket is opened. In a query it ends up in logs. */
  readonly credentials?: "subprotocol" | "query";
  /** For everything from the first request to the last subscription. 15 000 by default. */
  readonly handshakeTimeoutMs?: number;
  /** AppSync's quota; 100 by default, of which one account may have more. Beyond it another WebSocket is opened. */
  readonly subscriptionsPerSocket?: number;
  /** After this a WebSocket is replaced; AppSync ends it after 24 hours. 23.5 hours by default, less up to 2 %. */
  readonly socketLifeMs?: number;
  /** When to ask once more for what was said just after a subscription began. 3 000 by default. */
  readonly resyncMs?: number;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests. */
  readonly random?: Random;
}

const HOUR_MS = 3_600_000;

/**
 * Reaches a backend on AWS AppSync: queries and commands by GraphQL over HTTP, changes by its real-time WebSocket.
 *
 * AppSync promises neither order nor delivery. Nothing is lost for that: the heads of all conversations are asked for
 * after every subscription, once more a little later, and with each heartbeat; what is missing by them the client
 * fetches. A link has the timers that AppSync's limits ask for, and they end with it.
 *
 * @throws {MessagingError} `client/misused` if an address is none. That the platform has no WebSocket is only told by
 *   `open`, so that a client may be made, and rendered, on a server.
 *
 * @example
 * const transport = appSyncTransport({ endpoint: "https://chat.example.com/graphql" });
 */
export function appSyncTransport(options: AppSyncTransportOptions): Transport {
  const { handshakeTimeoutMs = 15_000, operations = defaultOperations, clock = systemClock } = options;
  const addresses = addressesOf(options);
  const signals = options.signals ?? (operations.signals && graphQlSignals(operations.signals));
  return {
    supports: { pipelining: false, signals: signals !== undefined, receipts: true },
    async open(request, signal) {
      if (signal.aborted) throw calledOff();
      const session = startSession(
        withPlatform({ ...options, addresses, operations, signals, clock }),
        request,
      );
      const callOff = (): void => session.end(calledOff());
      const cancel = clock.after(handshakeTimeoutMs, () =>
        session.end(failure("connection/timeout", `unable to connect; not within ${handshakeTimeoutMs} ms`)),
      );
      signal.addEventListener("abort", callOff);
      try {
        return await session.opened;
      } finally {
        cancel();
        signal.removeEventListener("abort", callOff);
      }
    },
  };
}

type Given = Pick<SessionOptions, "addresses" | "operations" | "signals" | "clock"> &
  Omit<AppSyncTransportOptions, "signals">;

/** @throws {MessagingError} `client/misused` */
function withPlatform(given: Given): SessionOptions {
  const WebSocket: WebSocketConstructor | undefined = given.WebSocket ?? globalThis.WebSocket;
  if (!WebSocket) throw failure("client/misused", NO_WEB_SOCKET);
  return {
    auth: undefined,
    fetch: (url, init) => globalThis.fetch(url, init),
    credentials: "subprotocol",
    subscriptionsPerSocket: 100,
    socketLifeMs: 23.5 * HOUR_MS,
    resyncMs: 3_000,
    random: systemRandom,
    ...given,
    WebSocket,
  };
}

function calledOff(): MessagingError {
  return failure("connection/failed", "unable to connect; it was called off");
}
