import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Clock, systemClock } from "@tidings/core";
import { WebSocketServer } from "ws";
import { type Connection, connectionOf, MESSAGE_BYTES } from "./connection.ts";
import type { GatewayEvent, GatewayHandler } from "./events.ts";

export interface GatewayOptions {
  /** By route key: `$connect`, `$disconnect`, `$default`, and those of one's own. */
  readonly routes: Readonly<Record<string, GatewayHandler>>;
  /** Of `$request.body.<key>`. */
  readonly routeKey?: string;
  readonly clock?: Clock;
}

/** An API Gateway WebSocket API on a port of its own, as strict as AWS's. */
export interface ServedGateway {
  readonly url: string;
  /** Where `@connections` is. */
  readonly endpoint: string;
  readonly connections: ReadonlyMap<string, Connection>;
  /** How many Lambda functions are running. */
  readonly running: number;
  close(): Promise<void>;
}

export async function serveGateway(options: GatewayOptions): Promise<ServedGateway> {
  const { routes, routeKey = "action", clock = systemClock } = options;
  const connections = new Map<string, Connection>();
  let running = 0;

  /** @returns the status; 500 if the function threw. */
  const invoke = async (
    route: string,
    given: Omit<GatewayEvent, "requestContext">,
    about: Pick<GatewayEvent["requestContext"], "connectionId" | "eventType" | "requestId" | "connectedAt">,
  ): Promise<number> => {
    const handler = routes[route];
    if (!handler) return route === "$connect" || route === "$disconnect" ? 200 : 403;
    const place = { routeKey: route, domainName: new URL(endpoint).host, stage: "test" };
    running += 1;
    try {
      return (await handler({ requestContext: { ...about, ...place }, ...given })).statusCode;
    } catch {
      return 500;
    } finally {
      running -= 1;
    }
  };

  const accept = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const [connectionId, connectedAt] = [randomUUID(), clock.now()];
    const { searchParams } = new URL(request.url ?? "", endpoint);
    const about = { connectionId, connectedAt };
    const query = { queryStringParameters: Object.fromEntries(searchParams) };
    const status = await invoke("$connect", query, {
      ...about,
      eventType: "CONNECT",
      requestId: randomUUID(),
    });
    if (status >= 400) return void socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = connectionOf(webSocket, socket, {
        ...{ clock, connectedAt },
        received(body) {
          const requestId = randomUUID();
          const route = routeOf(body, routeKey, routes);
          void invoke(route, { body }, { ...about, eventType: "MESSAGE", requestId }).then((status) => {
            if (status < 400) return;
            const message = status === 500 ? "Internal server error" : "Forbidden";
            connection.send(JSON.stringify({ message, connectionId, requestId }));
          });
        },
        closed() {
          connections.delete(connectionId);
          void invoke("$disconnect", {}, { ...about, eventType: "DISCONNECT", requestId: randomUUID() });
        },
      });
      connections.set(connectionId, connection);
    });
  };

  /** `@connections`: posts to a connection, looks at it, or ends it. */
  const manage = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, id = ""] = /^\/test\/@connections\/([^/?]+)$/.exec(request.url ?? "") ?? [];
    const body = Buffer.concat(await request.toArray());
    const connection = connections.get(decodeURIComponent(id));
    const answer = (status: number, value?: object): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (!connection) return answer(410, { __type: "GoneException" });
    if (body.length > MESSAGE_BYTES) return answer(413, { __type: "PayloadTooLargeException" });
    if (request.method === "GET") return answer(200, { connectedAt: new Date(connection.connectedAt) });
    if (request.method === "DELETE") connection.close(1000);
    else connection.send(body.toString());
    return answer(request.method === "DELETE" ? 204 : 200);
  };

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES });
  const http = createServer((request, response) => void manage(request, response));
  http.on("upgrade", (request, socket, head) => void accept(request, socket, head));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const address = http.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/test`;
  return {
    url: endpoint.replace("http", "ws"),
    endpoint,
    connections,
    get running() {
      return running;
    },
    async close() {
      for (const connection of connections.values()) connection.cut();
      http.close();
      http.closeAllConnections();
      await once(http, "close");
    },
  };
}

/** What is not JSON, is no object, or names no route, is for `$default`. */
function routeOf(body: string, routeKey: string, routes: GatewayOptions["routes"]): string {
  try {
    const route: unknown = Object(JSON.parse(body))[routeKey];
    return typeof route === "string" && !route.startsWith("$") && route in routes ? route : "$default";
  } catch {
    return "$default";
  }
}
