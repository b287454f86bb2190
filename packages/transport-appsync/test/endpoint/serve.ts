import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { type RawData, WebSocketServer } from "ws";
import { createEndpoint, type Endpoint, type EndpointOptions } from "./endpoint.ts";
import { claimsOf } from "./identity.ts";

/** The endpoint on a port of its own. */
export interface ServedEndpoint {
  readonly endpoint: Endpoint;
  /** Of GraphQL. */
  readonly url: string;
  /** Breaks every connection without a word. */
  cut(): void;
  close(): Promise<void>;
}

export interface ServeOptions extends Omit<EndpointOptions, "origin"> {
  readonly tls?: { readonly key: string; readonly cert: string };
}

const json = { "content-type": "application/json" };
/** AppSync lets the pages of every site in; whose token it is decides. */
const crossOrigin = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "authorization, content-type, x-api-key",
};

export async function serveEndpoint({ tls, ...options }: ServeOptions): Promise<ServedEndpoint> {
  const listen: RequestListener = (request, response) => {
    if (request.method === "OPTIONS") return void response.writeHead(200, crossOrigin).end();
    void request.toArray().then((chunks) => {
      const post = {
        path: request.url ?? "",
        headers: claimsOf(request.headers),
        body: Buffer.concat(chunks).toString("utf8"),
      };
      endpoint.post(post, (answer) => {
        if (!answer) request.socket.destroy();
        else response.writeHead(answer.status, { ...json, ...crossOrigin }).end(answer.body);
      });
    });
  };
  const http = tls ? createHttps(tls, listen) : createHttp(listen);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const address = http.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const host = tls ? "localhost" : "127.0.0.1";
  const origin = `${tls ? "https" : "http"}://${host}:${port}`;
  const endpoint = createEndpoint({ ...options, origin });
  const sockets = new WebSocketServer({
    server: http,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  sockets.on("connection", (socket, request: IncomingMessage) => {
    const { pathname, searchParams } = new URL(request.url ?? "", origin);
    const protocols = (request.headers["sec-websocket-protocol"] ?? "").split(/, */);
    const session = endpoint.connect(
      { path: pathname, query: searchParams, protocols },
      {
        send: (text) => socket.send(text),
        close: (code) => (code === 1006 ? socket.terminate() : socket.close(code)),
      },
    );
    socket.on("message", (data) => session.received(textOf(data)));
    socket.on("close", () => session.closed());
    socket.on("error", () => {});
  });
  return {
    endpoint,
    url: `${origin}/graphql`,
    cut() {
      endpoint.cut();
      for (const socket of sockets.clients) socket.terminate(); // also while the endpoint holds everything back
      http.closeAllConnections();
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
      http.closeAllConnections();
      await once(http, "close");
    },
  };
}

function textOf(data: RawData): string {
  return Buffer.concat([data].flat().map((part) => new Uint8Array(part))).toString("utf8");
}
