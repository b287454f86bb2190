import type { WebSocketConstructor } from "@tidings/transport-ws";
import { WebSocket } from "ws";

/** Everything that came to one client over the wire before anything of ours has looked at it, and all that it said. */
export interface FrameTap {
  /** What the transport is to connect with. */
  readonly WebSocket: WebSocketConstructor;
  /** The texts of all WebSocket messages received, in order. */
  readonly received: readonly string[];
  /** And of all those sent. */
  readonly sent: readonly string[];
  /** Sockets that are not closed yet. */
  readonly openSockets: number;
}

export function createFrameTap(): FrameTap {
  const received: string[] = [];
  const sent: string[] = [];
  const sockets = new Set<WebSocket>();

  class TappedSocket extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols);
      sockets.add(this);
      this.on("close", () => sockets.delete(this));
      this.on("message", (data: Buffer) => received.push(data.toString()));
    }

    override send(data: string): void {
      sent.push(data);
      super.send(data);
    }
  }

  return {
    WebSocket: TappedSocket,
    ...{ received, sent },
    get openSockets() {
      return sockets.size;
    },
  };
}
