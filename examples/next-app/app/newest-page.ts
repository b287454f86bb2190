import { type Client, createClient } from "@tidings/core";
import { type ClientSnapshot, dehydrate, untilShown } from "@tidings/core/bindings";
import { webSocketTransport } from "@tidings/transport-ws";
import { WebSocket } from "ws";
import { messagingUrl, tokenFor } from "./messaging.ts";

/** A page without its past now is better than a page with it too late: the browser asks for it anyway. */
const PATIENCE_MS = 2_000;

/** As much as a screen shows. */
const ENOUGH = 30;

/** The newest messages as one user may read them: by a client for this request alone. */
export async function newestPage(conversationId: string, userId: string): Promise<ClientSnapshot> {
  const transport = webSocketTransport({ url: messagingUrl(), WebSocket });
  const client = createClient({ transport, auth: () => tokenFor(userId), userId });
  try {
    const loaded = load(client, conversationId).catch(() => {}); // what there is by then is shown
    await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    client.disconnect(); // nobody is connected yet to what is rendered from it
    return dehydrate(client);
  } finally {
    await client.close();
  }
}

async function load(client: Client, conversationId: string): Promise<void> {
  const { timeline } = client.conversation(conversationId);
  await client.connect();
  await untilShown(client, conversationId);
  while (timeline.get().hasOlder && timeline.get().items.length < ENOUGH) await timeline.loadOlder();
}
