import { WebSocket } from "ws";
import type { GatewayEvent, GatewayHandler } from "./events.ts";

/** Lambda functions that pass all on to a Tidings server, over a socket of its own for each connection. */
export interface Bridge {
  readonly routes: Readonly<Record<string, GatewayHandler>>;
  /** The next answer is an error of the gateway's own. */
  failNext(): void;
  /** Every message of a client as it came, with its route. */
  readonly heard: readonly { readonly route: string; readonly body: string }[];
}

/**
 * @param server - where it listens.
 * @param endpoint - where the gateway's `@connections` is.
 * @param isAdmitted - may somebody with this ticket connect?
 */
export function bridgeTo(
  server: string,
  endpoint: () => string,
  isAdmitted: (ticket: string | undefined) => boolean = () => true,
): Bridge {
  const sockets = new Map<string, { readonly socket: WebSocket; readonly opened: Promise<unknown> }>();
  const heard: { route: string; body: string }[] = [];
  let isFailing = false;
  const post = async (id: string, method: "POST" | "DELETE", body?: string): Promise<unknown> =>
    fetch(`${endpoint()}/@connections/${id}`, { method, ...(body !== undefined && { body }) });

  const begin = (connectionId: string): void => {
    const socket = new WebSocket(server);
    const opened = new Promise((resolve) => socket.once("open", resolve));
    sockets.set(connectionId, { socket, opened });
    let last: Promise<unknown> = Promise.resolve();
    // One after the other: what was said first is heard first. Whoever has gone meanwhile hears nothing.
    const inTurn = (work: () => Promise<unknown>): void => void (last = last.then(work).catch(() => {}));
    socket.on("message", (data: Buffer) => inTurn(() => post(connectionId, "POST", data.toString())));
    socket.on("close", () => inTurn(() => post(connectionId, "DELETE")));
    socket.on("error", () => {});
  };

  const pass: GatewayHandler = async ({ requestContext, body = "" }) => {
    const { connectionId, routeKey: route } = requestContext;
    heard.push({ route, body });
    if (isFailing) {
      isFailing = false;
      throw new Error("out of memory");
    }
    const bridged = sockets.get(connectionId);
    await bridged?.opened;
    bridged?.socket.send(framesOf(body));
    return { statusCode: 200 };
  };

  return {
    heard,
    failNext: () => void (isFailing = true),
    routes: {
      async $connect({ requestContext, queryStringParameters }: GatewayEvent) {
        if (!isAdmitted(queryStringParameters?.["ticket"])) return { statusCode: 401 };
        begin(requestContext.connectionId);
        return { statusCode: 200 };
      },
      async $disconnect({ requestContext }: GatewayEvent) {
        sockets.get(requestContext.connectionId)?.socket.close(1000);
        sockets.delete(requestContext.connectionId);
        return { statusCode: 200 };
      },
      $default: pass,
      sendMessage: pass,
    },
  };
}

/** Out of the envelope; the server decides about what has none. */
function framesOf(body: string): string {
  const { frames }: { readonly frames?: unknown } = Object(JSON.parse(body));
  return frames === undefined ? body : JSON.stringify(frames);
}
