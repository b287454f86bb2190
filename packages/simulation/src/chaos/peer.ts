import { once } from "node:events";
import { createClient } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { WebSocket } from "ws";
import { chat, storedOf } from "./chatter.ts";
import { openDisk } from "./disk.ts";
import type { Shown, Word } from "./word.ts";

/**
 * A member in a process of its own, as `node-member.ts` starts it: `peer.ts <user> <database>`. It loads everything, waits
 * to be told where to connect, and talks until it is killed or told to rest.
 */
const [userId = "", file = ""] = process.argv.slice(2);

/** What a member is told. */
export type Order =
  | Start
  | { readonly type: "quota"; readonly pages: number | undefined }
  | { readonly type: "rest" | "show" | "recall" };

export interface Start {
  readonly type: "start";
  readonly url: string;
  readonly token: string;
  readonly prefix: string;
  readonly others: readonly string[];
}

const tell = (word: Word): Promise<void> =>
  new Promise((resolve) => process.send?.(word, undefined, undefined, () => resolve()));
process.on("disconnect", () => process.exit(1)); // whoever started us is gone
process.on("uncaughtException", (error) => void tell({ type: "failed", what: error.stack ?? error.message }));

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
const uploads = { fetch: (url: string, request?: RequestInit) => fetch(viaProxy(url), request) };
const { prefix, others } = start;
const chatter = chat(client, { userId, prefix, others, tell, uploads });
let shown: Shown | undefined;
void tell({ type: "ready" });

process.on("message", (order: Order) => {
  if (order.type === "quota") void tell({ type: "limited", isDone: disk.limit(order.pages) });
  if (order.type === "rest") void chatter.rest().then(() => tell({ type: "rests" }));
  if (order.type === "show") void show();
  if (order.type === "recall") void recall();
});

async function show(): Promise<void> {
  const state = (shown = await chatter.show());
  await tell({ type: "shows", state });
}

async function recall(): Promise<void> {
  await client.close();
  const offline = createClient({ transport, auth: "", userId, storage, logger });
  if (shown) await tell({ type: "recalls", stored: await storedOf(offline, shown) });
}
