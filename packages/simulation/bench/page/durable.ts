/** In Chromium: what a durable `send` takes, and what the database takes for a write of the same bytes. */
import { createClient } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { indexedDbStorage } from "@tidings/storage/indexeddb";

declare global {
  interface Window {
    /** Milliseconds for `count` messages, one after the other or all at once. */
    measure: (who: "bare" | "client", how: "single" | "burst", count: number) => Promise<number>;
  }
}

const TEXT =
  "A message as long as people write them, give or take; a hundred characters are about what it takes.";
let run = 0;

window.measure = async (who, how, count) => {
  run += 1;
  const write = who === "bare" ? await bare(`bare-${run}`) : client(`client-${run}`);
  await write[how](1); // opens what has to be open
  const startMs = performance.now();
  await write[how](count);
  return performance.now() - startMs;
};

type Writer = Readonly<Record<"single" | "burst", (count: number) => Promise<void>>>;

/** Never connected: what is measured is the promise to keep, not the delivery. */
function client(name: string): Writer {
  const { conversation } = createClient({
    transport: memoryTransport(),
    storage: indexedDbStorage({ name }),
    userId: "me",
  });
  const room = conversation("general");
  return {
    async single(count) {
      for (let index = 0; index < count; index += 1) await room.send(TEXT);
    },
    async burst(count) {
      await Promise.all(Array.from({ length: count }, () => room.send(TEXT)));
    },
  };
}

/** One transaction per message, or one for all of them. */
async function bare(name: string): Promise<Writer> {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => opening.result.createObjectStore("records");
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const write = (count: number): Promise<unknown> => {
    const transaction = opening.result.transaction("records", "readwrite", { durability: "strict" });
    const records = transaction.objectStore("records");
    for (let index = 0; index < count; index += 1) {
      const commandId = crypto.randomUUID();
      const facts = { type: "message.send", commandId, conversationId: "general", at: Date.now() };
      records.put({ ...facts, kind: "text", content: { text: TEXT } }, ["outbox", commandId]);
    }
    return new Promise((resolve) => (transaction.oncomplete = resolve));
  };
  return {
    async single(count) {
      for (let index = 0; index < count; index += 1) await write(1);
    },
    async burst(count) {
      await write(count);
    },
  };
}
