import type { ServerFrame } from "@tidings/core/protocol";
import type { Socket, SocketHandler } from "./socket.ts";

export type Connect = (handler: SocketHandler) => Socket;

/** What stands before a server and has rules of its own. */
export interface Gateway {
  /** Does what was sent first arrive first? */
  readonly pipelining: boolean;
  /** Does what stands behind it search messages? */
  readonly search: boolean;
  /** Where to connect to, asked anew for each connection. */
  address(url: string): Promise<string>;
  /** Sockets that speak as the gateway wants it. */
  over(connect: Connect): Connect;
  /** What the server said, as it is true behind the gateway. */
  adapt(frame: ServerFrame): ServerFrame;
}
