import { type Clock, systemClock, type Transport } from "@tidings/core";
import { toMessagingError } from "@tidings/core/errors";
import { failure } from "./close-error.ts";
import { startDeadline } from "./deadline.ts";
import type { Fallback, Ways } from "./fallback.ts";
import type { Connect, Gateway } from "./gateway.ts";
import { type Session, startSession } from "./session.ts";
import { connectSocket } from "./socket.ts";
import { socketUrl } from "./socket-url.ts";
import type { WebSocketConstructor } from "./web-socket-like.ts";

const NO_WEB_SOCKET =
  'unable to connect; this platform has no WebSocket, so pass one: webSocketTransport({ url, WebSocket }) with that of the package "ws"';

export interface WebSocketTransportOptions {
  /**
   * Where the server listens: `wss:`, `ws:`, `https:` or `http:`. A function is asked before each connection and may
   * take its time. Keep secrets out of it; the token travels inside the connection.
   */
  readonly url: string | (() => string | Promise<string>);
  /** The class to connect with; the platform's by default. Node 20 has none: pass that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /** From asking for the address to the server's welcome. 10 000 by default. */
  readonly handshakeTimeoutMs?: number;
  /** While more bytes than this have not reached the network, requests wait and typing is dropped. 65 536 by default. */
  readonly maxBufferedBytes?: number;
  /** How many requests may wait; more are refused with `protocol/busy`. 1 000 by default. */
  readonly maxWaiting?: number;
  /** A longer message from the server, in UTF-16 units, ends the link with `protocol/too-large`. 16 777 216 by default. */
  readonly maxMessageLength?: number;
  /** `apiGateway()` of `@tidings/transport-ws/api-gateway`, where the server is behind an Amazon API Gateway. */
  readonly apiGateway?: Gateway;
  /** `httpFallback()` of `@tidings/transport-ws/http`, for networks that block WebSockets. */
  readonly fallback?: Fallback;
  /** For tests. */
  readonly clock?: Clock;
}

/**
 * Reaches a Tidings server over one WebSocket.
 *
 * Submits are pipelined: each carries its conversation's running number, and the server takes them only in that order
 * (D7). When one resolves, the events that came before its ack, or in the same WebSocket message, have been delivered.
 * `open` rejects with `connection/failed`, `connection/timeout`, or what the server refused it with (`auth/expired`,
 * `protocol/version`, …). `close()` delivers `closed` before it returns, and waits for nobody.
 *
 * @throws {MessagingError} `client/misused` if the address is none. That the platform has no WebSocket is only told by
 *   `open`, so that a client may be made, and rendered, on a server.
 *
 * @example
 * import { WebSocket } from "ws";
 * const transport = webSocketTransport({ url: "wss://chat.example.com", WebSocket });
 */
export function webSocketTransport(options: WebSocketTransportOptions): Transport {
  const {
    url,
    handshakeTimeoutMs = 10_000,
    maxBufferedBytes = 65_536,
    maxWaiting = 1_000,
    maxMessageLength = 16_777_216,
    apiGateway,
    fallback,
    clock = systemClock,
  } = options;
  if (typeof url !== "function") socketUrl(url);
  const bounds = { maxBufferedBytes, maxWaiting, maxMessageLength, adapt: apiGateway?.adapt };

  const over: Ways["over"] = async (connectTo, { request, signal, timeoutMs = handshakeTimeoutMs }) => {
    const deadline = startDeadline(clock, timeoutMs, signal);
    let session: Session | undefined;
    try {
      const given = await deadline.within(() => (typeof url === "function" ? url() : url));
      const connect = await deadline.within(() => connectTo(socketUrl(given)));
      const { welcomed } = (session = startSession(connect, request, bounds));
      return await deadline.within(() => welcomed);
    } catch (error) {
      session?.end();
      throw toMessagingError(error, "connection/failed");
    } finally {
      deadline.end();
    }
  };

  const bySocket: Ways["bySocket"] = (opening) =>
    over(async (given) => {
      const WebSocket: WebSocketConstructor | undefined = options.WebSocket ?? globalThis.WebSocket;
      if (!WebSocket) throw failure("client/misused", NO_WEB_SOCKET);
      const address = apiGateway ? socketUrl(await apiGateway.address(given)) : given;
      const connect: Connect = (handler) => connectSocket(WebSocket, address, handler);
      return apiGateway?.over(connect) ?? connect;
    }, opening);

  return {
    supports: {
      ...{ pipelining: apiGateway?.pipelining ?? true, signals: true, receipts: true },
      search: apiGateway?.search ?? true,
    },
    open(request, signal) {
      const opening = { request, signal };
      return fallback ? fallback.open({ bySocket, over }, opening) : bySocket(opening);
    },
  };
}
