import type { Clock } from "@tidings/core";
import { type MessagingError, toMessagingError } from "@tidings/core/errors";
import { type Authorize, encodeHeader, encodeHeaderForProtocol } from "./credentials.ts";
import type { Dialect } from "./dialects.ts";
import { errorOf, lost } from "./faults.ts";
import { type Heard, readHeard } from "./heard.ts";
import type { WebSocketConstructor, WebSocketLike } from "./web-socket-like.ts";

/** Where the proof of who one is travels when a WebSocket is opened. */
export type CredentialPlace = "subprotocol" | "query";

export interface WireOptions {
  readonly WebSocket: WebSocketConstructor;
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly authorize: Authorize;
  readonly endpoint: string;
  readonly realtimeUrl: string;
  readonly host: string;
  readonly credentials: CredentialPlace;
}

export interface WireHandler {
  ready(): void;
  heard(heard: Exclude<Heard, { readonly type: "ready" | "alive" }>): void;
  /** Comes last and once, and not at all after `close`. */
  lost(why: MessagingError): void;
}

/** One WebSocket to AppSync, from before its handshake to its end. Nothing it has to do throws. */
export interface Wire {
  /** For how long nothing has come, beyond what AppSync promises. */
  silentMs(): number;
  /** Starts a subscription, unless it was stopped by the time it is authorised. */
  start(id: string, body: string): void;
  stop(id: string): void;
  close(): void;
}

/** AppSync says something every minute at least. */
const KEEP_ALIVE_MS = 65_000;

export function openWire(options: WireOptions, handler: WireHandler): Wire {
  const { clock, dialect, authorize, endpoint, host } = options;
  let socket: WebSocketLike | undefined;
  let isOver = false;
  let isReady = false;
  let heardAt = clock.now();
  let silenceMs = KEEP_ALIVE_MS;
  /** Started, or about to be. */
  const started = new Map<string, boolean>();

  const end = (why?: MessagingError): void => {
    if (isOver) return;
    isOver = true;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      quietly(() => socket?.close(1000));
    }
    if (why) handler.lost(why);
  };
  const send = (frame: object): void => quietly(() => socket?.send(JSON.stringify(frame)));

  const accept = (heard: Heard | undefined): void => {
    heardAt = clock.now();
    if (!heard || heard.type === "alive") return;
    if (heard.type === "ready") {
      isReady = true;
      silenceMs = Math.min(silenceMs, heard.timeoutMs);
      return handler.ready();
    }
    if (heard.type === "refused" && !isReady) return end(errorOf(heard.faults, "connect"));
    handler.heard(heard);
  };

  const connect = async (): Promise<void> => {
    const url = dialect.connectUrl(endpoint);
    const header = { host, ...(await authorize({ url, body: "{}", kind: "connect" })) };
    if (isOver) return;
    socket = dial(options, header);
    socket.onopen = () => send({ type: "connection_init" });
    socket.onmessage = ({ data }: { readonly data: unknown }) => accept(readHeard(data));
    // Stays for good: `ws` throws an error nobody listens to, and one may come after `close`.
    socket.onerror = () => {};
    socket.onclose = ({ code }: { readonly code: number }) => end(lost(`AppSync closed with ${code}`));
  };
  connect().catch((cause: unknown) => end(toMessagingError(cause, "connection/failed")));

  return {
    silentMs: () => clock.now() - heardAt - silenceMs,
    start(id, body) {
      started.set(id, false);
      authorize({ url: endpoint, body, kind: "start" }).then(
        (authorization) => {
          if (isOver || !started.has(id)) return;
          started.set(id, true);
          send(dialect.start(id, body, { host, ...authorization }));
        },
        (cause: unknown) => end(toMessagingError(cause, "connection/failed")),
      );
    },
    stop(id) {
      if (started.get(id) && !isOver) send(dialect.stop(id));
      started.delete(id);
    },
    close: () => end(),
  };
}

function dial({ WebSocket, dialect, realtimeUrl, credentials }: WireOptions, header: object): WebSocketLike {
  if (credentials === "query") {
    const query = `header=${encodeURIComponent(encodeHeader(header))}&payload=e30=`;
    return new WebSocket(`${realtimeUrl}?${query}`, [dialect.protocol]);
  }
  return new WebSocket(realtimeUrl, [dialect.protocol, `header-${encodeHeaderForProtocol(header)}`]);
}

/** A socket that is ending may refuse what it is told; its end is what will be heard. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}
