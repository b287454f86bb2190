import { failure } from "./close-error.ts";
import type { WebSocketConstructor } from "./web-socket-like.ts";

/** Told of one socket's life; `closed` comes last and once, and not at all after `Socket.close`. */
export interface SocketHandler {
  opened(): void;
  received(data: unknown): void;
  closed(closeCode: number, cause: unknown): void;
}

/** A socket whose methods never throw. */
export interface Socket {
  readonly bufferedBytes: number;
  send(text: string): void;
  /** Ends it; the handler hears nothing any more. */
  close(closeCode: number): void;
}

/** @throws {MessagingError} `client/misused` if the platform refuses the address, as `ws:` on a page of `https:`. */
export function connectSocket(WebSocket: WebSocketConstructor, url: string, handler: SocketHandler): Socket {
  const socket = construct(WebSocket, url);
  let failure: unknown;
  const detach = (): void => {
    socket.onopen = socket.onmessage = socket.onclose = null;
  };
  socket.onopen = () => handler.opened();
  socket.onmessage = (event: { readonly data: unknown }) => handler.received(event.data);
  // Stays for good: `ws` throws an error nobody listens to, and one may come after `close`.
  socket.onerror = (event: { readonly error?: unknown }) => {
    failure = event.error;
  };
  socket.onclose = (event: { readonly code: number }) => {
    detach();
    handler.closed(event.code, failure);
  };
  return {
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: (text) => quietly(() => socket.send(text)),
    close(closeCode) {
      detach();
      quietly(() => socket.close(closeCode));
    },
  };
}

function construct(WebSocket: WebSocketConstructor, url: string): InstanceType<WebSocketConstructor> {
  try {
    return new WebSocket(url);
  } catch (cause) {
    throw failure("client/misused", `unable to connect; ${String(cause)}`, { cause });
  }
}

/** A socket that is ending may refuse what it is told; its end is what will be heard. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}
