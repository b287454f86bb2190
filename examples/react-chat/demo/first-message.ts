import { type Client, createClient } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { WebSocket } from "ws";
import type { Demo } from "./start-demo.ts";
import { generalId, people } from "./history.ts";

/** What happened to the message, and when: ms since `send` was called. */
export type Tell = (atMs: number, what: string, remark: string) => void;

const remarks: Readonly<Record<string, string>> = {
  queued: "in the sender's outbox, already on their screen",
  sending: "on the wire",
  sent: "the sender knows: it is on the server's disk, in its place",
  delivered: "the receipt is back at the sender",
};

/** Sends one message from the first person to the second. */
export async function driveFirstMessage(demo: Demo, tell: Tell): Promise<void> {
  const [ada, grace] = people;
  const clients = [await connectAs(demo, ada), await connectAs(demo, grace)] as const;
  try {
    await drive(...clients, tell);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** A client of the demo, as any Node program would make one. */
async function connectAs(demo: Pick<Demo, "url" | "tokenOf">, userId: string): Promise<Client> {
  const client = createClient({
    transport: webSocketTransport({ url: demo.url, WebSocket }),
    auth: () => demo.tokenOf(userId),
  });
  await client.connect();
  return client;
}

async function drive(sender: Client, receiver: Client, tell: Tell): Promise<void> {
  const room = sender.conversation(generalId);
  let startedAt = 0;
  const say = (what: string, remark = remarks[what] ?? ""): void =>
    tell(performance.now() - startedAt, what, remark);

  const received = new Promise<void>((resolve) => {
    receiver.on("message", () => {
      say("received", "on the other person's screen");
      resolve();
    });
  });
  sender.on("outbox", ({ status }) => say(status));

  startedAt = performance.now();
  const message = await room.send("Hello Grace, this is the first message of your demo.");
  await message.settled();
  await received;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      const { items } = room.timeline.get();
      const item = items.at(items.indexOf(message.id));
      if (item?.type !== "message" || (item.status !== "delivered" && item.status !== "read")) return;
      unsubscribe();
      say(item.status);
      resolve();
    };
    const unsubscribe = room.timeline.subscribe(look);
    look();
  });
}
