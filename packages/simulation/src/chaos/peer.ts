import { once } from "node:events";
import { createClient } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { WebSocket } from "ws";
import { cachedOf, chat, type Word } from "./chatter.ts";
import { openDisk } from "./disk.ts";

/**
 * A member in a process of its own, as `node-member.ts` starts it: `peer.ts <user> <database>`. It loads everything, waits
 * to be told where to connect, and talks until it is killed or told to rest.
 */
const [userId = "", file = ""] = process.argv.slice(2);

/** What a member is told. */
export type Order =
  | { readonly type: "start"; readonly url: string; readonly token: string; readonly prefix: string }
  | { readonly type: "quota"; readonly pages: number | undefined }
  | { readonly type: "rest" | "show" };

const tell = (word: Word): void => void process.send?.(word);
process.on("disconnect", () => process.exit(1)); // whoever started us is gone
process.on("uncaughtException", (error) => tell({ type: "failed", what: error.stack ?? error.message }));

const [start]: Order[] = await once(process, "message");
if (start?.type !== "start") throw new Error("a member is told to start first");
const disk = openDisk(file);
const transport = webSocketTransport({ url: start.url, WebSocket });
const backoff = { baseMs: 50, maxMs: 500 };
const { storage } = disk;
// Links that go down are what this is about, and nothing to report.
const logger = (): void => {};
const client = createClient({ transport, auth: start.token, userId, storage, backoff, logger });
void client.connect();
const { port } = new URL(start.url);
// Files go the way everything goes: through the network that can be cut.
const viaProxy = (url: string): string => Object.assign(new URL(url), { port }).href;
const chatter = chat(client, start.prefix, tell, { fetch: (url, request) => fetch(viaProxy(url), request) });
tell({ type: "ready" });

process.on("message", (order: Order) => {
  if (order.type === "quota") tell({ type: "limited", isDone: disk.limit(order.pages) });
  if (order.type === "rest") void chatter.rest().then(() => tell({ type: "rests" }));
  if (order.type === "show") void show();
});

async function show(): Promise<void> {
  const state = await chatter.show();
  await client.close();
  const cached = await cachedOf(createClient({ transport, auth: "", userId, storage, logger }));
  tell({ type: "shows", state: { ...state, cached } });
}
