import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A site of strangers, on an address of this machine; it counts whoever as much as opens a connection. */
export interface WebSite {
  readonly port: number;
  readonly url: string;
  /** Connections opened, by anybody. */
  connections: number;
  /** Paths asked for, in order. */
  readonly paths: string[];
  readonly requests: IncomingMessage[];
  /** By path. */
  readonly pages: Map<string, (response: ServerResponse, request: IncomingMessage) => void>;
  close(): Promise<void>;
}

/** @param port - default: any free one. */
export async function openSite(host: string, port = 0): Promise<WebSite> {
  const pages: WebSite["pages"] = new Map();
  const listen: RequestListener = (request, response) => {
    const path = request.url ?? "";
    site.paths.push(path);
    site.requests.push(request);
    const answer = pages.get(path) ?? pages.get("*");
    if (answer) answer(response, request);
    else response.writeHead(404).end();
  };
  const server = createServer(listen);
  server.on("connection", () => {
    site.connections += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const site: WebSite = {
    ...{ port: bound, url: `http://${host}:${bound}`, connections: 0, paths: [], requests: [], pages },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return site;
}

export const html =
  (head: string) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<head>${head}</head><p>`);
  };

export const redirect =
  (location: string, status = 302) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { location }).end();
  };
