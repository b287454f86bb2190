import type { Transport } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { WebSocket } from "ws";

/**
 * Reaches the server from an address of this machine: servers and proxies count connections by address, and one machine
 * that stands for thousands of people would meet those bounds first.
 */
export function transportFrom(url: string, localAddress: string | undefined): Transport {
  class Socket extends WebSocket {
    constructor(address: string | URL) {
      super(address, { perMessageDeflate: false, ...(localAddress !== undefined && { localAddress }) });
    }
  }
  return webSocketTransport({ url, WebSocket: Socket, handshakeTimeoutMs: 20_000 });
}

/** 127.1.0.1, 127.1.0.2, … */
export function loopbackAddress(index: number): string {
  return `127.1.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`;
}
