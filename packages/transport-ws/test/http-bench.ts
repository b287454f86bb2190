import type { TransportBench } from "@tidings/core/testing";
import { httpFallback, type HttpFallbackOptions } from "../src/http/index.ts";
import { type WebSocketTransportOptions, webSocketTransport } from "../src/web-socket-transport.ts";
import { serverBench } from "./server-bench.ts";

/** A network that lets no WebSocket through, and does not say so: nothing ever comes back. */
export class SwallowedSocket {
  readonly bufferedAmount = 0;
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;

  send(): void {}
  close(): void {}
}

/** It is refused at once, as by a proxy that knows no upgrade. */
export class BlockedSocket extends SwallowedSocket {
  constructor() {
    super();
    queueMicrotask(() => this.onclose?.({ code: 1006 }));
  }
}

/** Reaches a server over HTTP from the first link on, and never otherwise. */
export function overHttp(url: string, options: HttpFallbackOptions = {}): WebSocketTransportOptions {
  return {
    url,
    WebSocket: BlockedSocket,
    fallback: httpFallback({ mostFailures: 0, probeMs: Infinity, ...options }),
  };
}

/** The real server, reached over HTTP through a network that can be stopped and broken. */
export function httpBench(): Promise<TransportBench> {
  return serverBench({ transportOf: (url) => webSocketTransport(overHttp(url)), isResilient: true });
}
