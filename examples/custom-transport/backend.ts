/** A tiny backend, to have something to reach: HTTP in front of the in-memory one, which brings the rules. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Link, LinkEvent } from "@tidings/core";
import { toMessagingError } from "@tidings/core/errors";
import type { MemoryBackend } from "@tidings/core/memory";
import type { ServerFrame } from "@tidings/core/protocol";

export interface RestBackend {
  readonly url: string;
  /** Streams open now. */
  readonly links: number;
  /** Instead of the next answer comes what a proxy says when it has lost the backend. */
  garbleNext(): void;
  /** Breaks every connection. */
  cut(): void;
  close(): Promise<void>;
}

export async function startRestBackend(memory: MemoryBackend): Promise<RestBackend> {
  const links = new Map<string, Link>();
  let isGarbling = false;
  const server = createServer((request, response) => {
    if (isGarbling) {
      const end = response.end.bind(response);
      response.end = () => end("<html>502 Bad Gateway</html>");
      isGarbling = false;
    }
    serve(request, response, memory, links).catch((error: unknown) => answer(response, rejection(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    get links() {
      return links.size;
    },
    garbleNext: () => void (isGarbling = true),
    cut: () => server.closeAllConnections(),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  memory: MemoryBackend,
  links: Map<string, Link>,
): Promise<void> {
  const clientId = String(request.headers["x-client-id"]);
  if (request.url === "/events") return stream(request, response, memory, links);
  const link = links.get(clientId);
  const body = (await request.toArray()).join("");
  if (!link) return answer(response, rejection(new Error("there is no such link")));
  answer(response, await reply(request.url ?? "", link, body));
}

/** What is given is checked by the in-memory link; a backend of your own checks it with `parseClientFrames`. */
async function reply(path: string, link: Link, body: string): Promise<ServerFrame> {
  if (path === "/commands") return { type: "ack", id: 0, ack: await link.submit(JSON.parse(body)) };
  if (path === "/queries") return { type: "result", id: 0, result: await link.query(JSON.parse(body)) };
  const { items } = await link.query({ type: "conversations", limit: 100 });
  return { type: "pong", n: 1, heads: items.map(({ head }) => head) };
}

/** One response for as long as the link lives. */
async function stream(
  request: IncomingMessage,
  response: ServerResponse,
  memory: MemoryBackend,
  links: Map<string, Link>,
): Promise<void> {
  const clientId = String(request.headers["x-client-id"]);
  const token = request.headers.authorization?.replace("Bearer ", "");
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const receive = (events: readonly LinkEvent[]): void => {
    for (const event of events) if (event.type !== "closed") response.write(`${JSON.stringify(event)}\n`);
    if (events.at(-1)?.type === "closed") response.end();
  };
  const link = await memory.transport().open({ token, clientId, receive }, gone.signal);
  const leave = (): void => {
    link.close();
    if (links.get(clientId) === link) links.delete(clientId); // its client may be back already
  };
  links.set(clientId, link);
  if (gone.signal.aborted) leave();
  else response.on("close", leave);
}

function answer(response: ServerResponse, frame: ServerFrame): void {
  const isRefused = frame.type === "reject";
  if (!response.headersSent)
    response.writeHead(isRefused ? 409 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(frame));
}

function rejection(error: unknown): ServerFrame {
  const { code, message, retryable, retryAfterMs } = toMessagingError(error, "server/internal");
  return {
    type: "reject",
    id: 0,
    code,
    message,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
