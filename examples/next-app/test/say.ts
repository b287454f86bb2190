import { type Client, createClient } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { WebSocket } from "ws";

/** Somebody else, with a client of their own. */
export async function connect(url: string, auth: string): Promise<Client> {
  const client = createClient({ transport: webSocketTransport({ url, WebSocket }), auth });
  await client.connect();
  return client;
}

export async function say(client: Client, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await (await client.conversation("general").send(text)).settled();
}
