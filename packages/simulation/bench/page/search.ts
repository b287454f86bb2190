/** A page that searches in what lies in IndexedDB; the same script serves as its worker. */
import { type Client, createClient } from "@tidings/core";
import { createMemoryBackend, memoryTransport } from "@tidings/core/memory";
import { defaultPolicy } from "@tidings/core/protocol";
import { createSearch, searchInWorker } from "@tidings/core/search";
import { serveSearch } from "@tidings/core/search/worker";
import { indexedDbStorage } from "@tidings/storage/indexeddb";

export interface Stored {
  /** Keeps texts in so many conversations, as a client that has read them. */
  fill(places: readonly (readonly string[])[]): Promise<void>;
  /** A new life without a network: how long the words take to be read, and how long each search. */
  search(kinds: readonly (readonly string[])[], hasWorker: boolean): Promise<KeptFigures>;
}

export interface Taken {
  readonly ms: number;
  /** The longest the page could not do anything else. */
  readonly blockedMs: number;
  readonly found: number;
}

export interface KeptFigures {
  /** Nothing at all: what else there is to do on this machine holds up the page as well. */
  readonly rest: Taken;
  readonly first: Taken;
  readonly kinds: readonly (readonly Taken[])[];
}

declare global {
  interface Window {
    stored: Stored;
  }
}

const PAGE = 50;
const policy = { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 1_000 } };
const backend = createMemoryBackend({ policy });
const lifeOf = (): Client =>
  createClient({
    transport: memoryTransport({ backend, userId: "ada" }),
    storage: indexedDbStorage({ name: "kept" }),
    userId: "ada",
  });

let [ids, rooms] = [0, 0];
const nextId = (): string => `01900000-0000-7000-9000-${String((ids += 1)).padStart(12, "0")}`;

const stored: Stored = {
  async fill(places) {
    const ada = lifeOf();
    await ada.connect();
    for (const texts of places) {
      const conversationId = `place ${(rooms += 1)}`;
      const say = (command: object): void =>
        void backend.act("ben", { ...Object(command), conversationId, commandId: nextId(), at: 0 });
      say({ type: "conversation.create", kind: "group" });
      for (const text of texts) say({ type: "message.send", kind: "text", content: { text } });
      say({ type: "participant.add", userId: "ada" });
      const { timeline } = ada.conversation(conversationId);
      while (timeline.get().items.length < texts.length) await new Promise((go) => setTimeout(go, 20));
    }
    await new Promise((go) => setTimeout(go, 1_000));
    await ada.close();
  },
  async search(kinds, hasWorker) {
    const ada = lifeOf();
    if (hasWorker) searchInWorker(ada, () => new Worker("page.js", { type: "module" }));
    const search = createSearch(ada, { limit: PAGE, delayMs: 0 });
    const find = async (text: string): Promise<Taken> => {
      const pulse = startPulse();
      const startMs = performance.now();
      await new Promise<void>((resolve) => {
        const end = search.subscribe(({ isSearching }) => {
          if (isSearching) return;
          end();
          resolve();
        });
        search.find({ text });
      });
      const ms = performance.now() - startMs;
      return { ms, blockedMs: pulse.stop(), found: search.get().items.length };
    };
    const rest = await atRest();
    const stop = search.subscribe(() => {});
    const first = await find("cutseverything");
    const all = [];
    for (const texts of kinds) {
      const taken = [];
      for (const text of texts) taken.push(await find(text));
      all.push(taken);
    }
    stop();
    await ada.close();
    return { rest, first, kinds: all };
  },
};

async function atRest(): Promise<Taken> {
  const pulse = startPulse();
  const startMs = performance.now();
  await new Promise((go) => setTimeout(go, 1_000));
  return { ms: performance.now() - startMs - 1_000, blockedMs: pulse.stop(), found: 0 };
}

/** Asks for a turn again and again; the longest it waited is how long the page was held up. */
function startPulse(): { stop(): number } {
  const { port1, port2 } = new MessageChannel();
  let [last, longest] = [performance.now(), 0];
  const beat = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  port1.onmessage = () => {
    beat();
    port2.postMessage(0);
  };
  port2.postMessage(0);
  return {
    stop() {
      port1.close();
      beat();
      return longest;
    },
  };
}

if (typeof document === "undefined") serveSearch(self);
else window.stored = stored;
