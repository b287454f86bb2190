import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type TidingsServer } from "@tidings/server";
import { renderPage } from "./render.tsx";

export interface Site {
  readonly url: string;
  /** The messaging server behind it. */
  readonly messaging: TidingsServer;
  close(): Promise<void>;
}

/**
 * A messaging server, and a site that renders for `/?user=<name>`. A real site would know its visitors by a session.
 *
 * @param script - `client.tsx`, bundled
 */
export async function startSite(script: string, port = 0): Promise<Site> {
  const messaging = await createServer({ port: 0, origins: "*" });
  const answer = async ({ url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const userId = searchParams.get("user") ?? "ada";
    const send = (type: string, body: string): void => {
      response.writeHead(200, {
        "content-type": `${type}; charset=utf-8`,
        "cache-control": "private, no-store",
      });
      response.end(body);
    };
    if (pathname === "/client.js") return send("text/javascript", script);
    const token = await messaging.issueToken(userId);
    if (pathname === "/token") return send("text/plain", token);
    send("text/html", await renderPage(messaging.url, token, userId));
  };
  const http = createHttpServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  const address = http.address();
  return {
    messaging,
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    async close() {
      http.closeAllConnections();
      http.close();
      await messaging.close();
    },
  };
}
