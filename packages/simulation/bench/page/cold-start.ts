/** In Chromium: from nothing to a screen that can be painted, out of what an earlier life of the app has kept. */
import { createClient } from "@tidings/core";
import { createMemoryBackend, memoryTransport } from "@tidings/core/memory";
import { indexedDbStorage } from "@tidings/storage/indexeddb";

declare global {
  interface Window {
    /** An earlier life: opens every conversation, loads all of it, and ends. */
    fill: (conversations: number, messages: number) => Promise<void>;
    /** Milliseconds until the list, and then the newest conversation, are there without any network. */
    coldStart: () => Promise<{ readonly listMs: number; readonly timelineMs: number }>;
    /** Milliseconds the database takes for as many messages as one conversation has. */
    bareRead: (messages: number) => Promise<number>;
  }
}

const NAME = "cold-start";
const TEXT =
  "A message as long as people write them, give or take; a hundred characters are about what it takes.";

window.fill = async (count, messages) => {
  const ids = Array.from({ length: count }, (_, index) => `room-${index}`);
  const backend = createMemoryBackend({ conversations: ids.map((conversationId) => ({ conversationId })) });
  const transport = memoryTransport({ backend, userId: "ada" });
  const client = createClient({ transport, storage: indexedDbStorage({ name: NAME }), userId: "ada" });
  await client.connect();
  for (const conversationId of ids) {
    for (let index = 0; index < messages; index += 1) {
      const commandId = `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;
      backend.act("ada", {
        ...{ type: "message.send", commandId: ownId(conversationId, commandId), conversationId, at: index },
        ...{ kind: "text", content: { text: TEXT } },
      });
    }
    const { timeline } = client.conversation(conversationId);
    do await timeline.loadOlder();
    while (timeline.get().hasOlder || !timeline.get().complete);
  }
  await pause(1_000); // what is kept is written now and then
  await client.close();
};

window.coldStart = async () => {
  const startMs = performance.now();
  const client = createClient({
    transport: memoryTransport(),
    storage: indexedDbStorage({ name: NAME }),
    userId: "ada",
  });
  await until(client.conversations, (list) => list.length > 0);
  const listMs = performance.now() - startMs;
  const [newest] = client.conversations.get();
  const room = client.conversation(newest?.conversationId ?? "");
  await until(room.timeline, ({ items }) => items.length > 1);
  const timelineMs = performance.now() - startMs;
  await client.close();
  return { listMs, timelineMs };
};

window.bareRead = async (messages) => {
  const opening = indexedDB.open(`bare-${messages}`);
  opening.onupgradeneeded = () => opening.result.createObjectStore("records");
  const db = await settled(opening);
  const filling = db.transaction("records", "readwrite").objectStore("records");
  for (let index = 0; index < messages; index += 1) {
    const facts = {
      type: "message",
      id: crypto.randomUUID(),
      conversationId: "room",
      rev: index,
      seq: index,
    };
    const rest = { kind: "text", authorId: "ada", content: { text: TEXT }, createdAt: index, reactions: [] };
    filling.put({ ...facts, ...rest }, ["messages", String(index).padStart(16, "0")]);
  }
  await new Promise((resolve) => (filling.transaction.oncomplete = resolve));
  db.close();
  const startMs = performance.now();
  const again = await settled(indexedDB.open(`bare-${messages}`));
  await settled(again.transaction("records").objectStore("records").getAll());
  const tookMs = performance.now() - startMs;
  again.close();
  return tookMs;
};

function ownId(conversationId: string, commandId: string): string {
  return conversationId.slice(5).padStart(8, "0") + commandId.slice(8);
}

interface Watched<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

function until<T>(watched: Watched<T>, holds: (value: T) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds(watched.get())) return;
      end();
      resolve();
    };
    const end = watched.subscribe(look);
    look();
  });
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
