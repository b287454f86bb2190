/**
 * A page that sends numbered messages until its tab is killed. It says of each when the client has promised to keep it,
 * and, once asked to rest, when nothing is left to send.
 *
 * Run as `/?server=ws://…&token=…&from=7`.
 */
import { createClient } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { indexedDbStorage } from "@tidings/storage/indexeddb";

declare global {
  interface Window {
    /** Made by the test: takes a number whose `send` has resolved. */
    readonly promised: (number: number) => void;
    /** For the test to call: no more is sent. Resolves with the texts on screen once nothing waits. */
    rest: () => Promise<readonly string[]>;
  }
}

const parameters = new URLSearchParams(location.search);
const given = (name: string): string => parameters.get(name) ?? "";
let isResting = false;

const client = createClient({
  transport: webSocketTransport({ url: given("server") }),
  storage: indexedDbStorage({ name: "sender" }),
  auth: given("token"),
  userId: "ada",
});
void client.connect();
const room = client.conversation("general");

window.rest = async () => {
  isResting = true;
  while (client.outbox.get().waiting > 0 || !room.timeline.get().complete) await pause(20);
  while (room.timeline.get().hasOlder) await room.timeline.loadOlder();
  return room.timeline
    .get()
    .items.slice()
    .map((item) =>
      item.type === "message" && "text" in item.message.content
        ? `${item.status} ${item.message.content.text}`
        : item.type,
    );
};

for (let number = Number(given("from")); !isResting; number += 1) {
  await room.send(`${number}`);
  window.promised(number);
  if (number % 5 === 0) await pause(10);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
