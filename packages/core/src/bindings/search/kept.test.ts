import { afterEach, describe, expect, it } from "vitest";
import { cacheKeys } from "../../cache/keys.ts";
import { createClient } from "../../client/create-client.ts";
import type { Client } from "../../client/types.ts";
import { createMemoryBackend, type MemoryBackend } from "../../memory/backend.ts";
import { memoryStorage } from "../../memory/storage.ts";
import type { Storage } from "../../ports/storage.ts";
import type { SearchFilter } from "../../protocol/search.ts";
import { newId, sending } from "../../testing/dialled.ts";
import { virtualClock } from "../../testing/virtual-clock.ts";
import { openBlocks } from "../blocks.ts";
import { openNotebook } from "../notebook.ts";
import { createSearch } from "./create-search.ts";
import { createServant, type SearchResult, type SearchWorker } from "./index-host.ts";
import { searchInWorker } from "./kept.ts";
import type { MessageSearch } from "./types.ts";

const clock = virtualClock(1_000, () => new Promise((resolve) => void setImmediate(resolve)));
const on = (conversationId: string) => ({ conversationId, commandId: newId(), at: 0 }) as const;

let living: Client[] = [];
afterEach(async () => {
  const closing = living.map((each) => each.close());
  living = [];
  await clock.advance(1_000);
  await Promise.all(closing);
});

interface Life {
  readonly ada: Client;
  readonly search: MessageSearch;
  find(filter: SearchFilter | string): Promise<readonly string[]>;
}

/** One life of ada's client; `opens` what she looks at in it. */
async function life(
  backend: MemoryBackend,
  storage: Storage,
  {
    opens = [],
    online = true,
    worker,
    userId,
    limit = 50,
  }: {
    opens?: readonly string[];
    online?: boolean;
    worker?: SearchWorker;
    userId?: string;
    limit?: number;
  } = {},
): Promise<Life> {
  const name = userId ?? "ada";
  const ada = createClient({
    transport: backend.transport(name),
    ...{ clock, storage, userId: name, logger: () => {} },
  });
  living.push(ada);
  if (worker) searchInWorker(ada, () => worker);
  for (const id of opens) ada.conversation(id);
  if (online) void ada.connect();
  await clock.advance(2_000);
  const search = createSearch(ada, { limit, clock });
  search.subscribe(() => {});
  return {
    ...{ ada, search },
    async find(filter) {
      search.find(typeof filter === "string" ? { text: filter } : filter);
      await clock.advance(1_000);
      return textsOf(search);
    },
  };
}

const textsOf = (search: MessageSearch): readonly string[] =>
  search
    .get()
    .items.map(({ message: { content }, isLocal }) => `${Object(content).text}${isLocal ? "" : " (there)"}`);

async function end({ ada }: Life): Promise<void> {
  living = living.filter((each) => each !== ada);
  const closing = ada.close();
  await clock.advance(1_000);
  await closing;
}

/** What bob and ada have said in some places; ada has read all of it, and then her page was closed. */
async function readOnce(
  said: Readonly<Record<string, readonly string[]>>,
): Promise<{ backend: MemoryBackend; storage: Storage }> {
  const backend = createMemoryBackend({ clock });
  const storage = memoryStorage();
  for (const [id, texts] of Object.entries(said)) {
    backend.act("bob", { type: "conversation.create", kind: "group", ...on(id) });
    backend.act("bob", { type: "participant.add", userId: "ada", ...on(id) });
    for (const text of texts) {
      await clock.advance(1);
      backend.act("bob", sending(id, text));
    }
  }
  const first = await life(backend, storage, { opens: Object.keys(said) });
  for (const id of Object.keys(said)) {
    const { timeline } = first.ada.conversation(id);
    while (timeline.get().hasOlder) await Promise.all([timeline.loadOlder(), clock.advance(10)]);
  }
  await clock.advance(1_000);
  await end(first);
  return { backend, storage };
}

const messageOf = (backend: MemoryBackend, id: string, text: string): string =>
  backend.messages(id).find(({ content }) => Object(content).text === text)?.id ?? "";

const fillers = (count: number): string[] => Array.from({ length: count }, (_, index) => `filler ${index}`);

describe("a search in what lies on storage", () => {
  it("finds after a reload, offline, what was read before, though its conversation was not opened (row H1)", async () => {
    const { backend, storage } = await readOnce({
      tides: ["the old word", ...fillers(250)],
      ships: ["another word", "nothing"],
    });
    const { search, find } = await life(backend, storage, { online: false });
    expect(await find("wor")).toEqual(["another word", "the old word"]);
    expect(search.get()).toMatchObject({ backend: "offline", isSearching: false, progress: undefined });
    expect(search.get().items[0]?.highlights).toEqual([{ start: 8, end: 12 }]);
    expect(await find({ text: "word", conversationId: "ships" })).toEqual(["another word"]);
    expect(await find({ authorId: "bob", text: "nothing" })).toEqual(["nothing"]);
    expect(await find({ authorId: "ada", text: "nothing" })).toEqual([]);
  });

  it("finds nothing twice where the conversation is opened meanwhile, and what is said there from then on", async () => {
    const { backend, storage } = await readOnce({ tides: ["first word"] });
    const { ada, search, find } = await life(backend, storage, { online: false });
    await find("word");
    const tides = ada.conversation("tides");
    await tides.send("second word");
    await clock.advance(1_000);
    expect(textsOf(search)).toEqual(["second word", "first word"]);
  });

  it("says how far it has come while it reads, and shows what it has found by then (row H1)", async () => {
    const { backend, storage } = await readOnce({ tides: ["old word", ...fillers(150), "new word"] });
    let [reads, release] = [0, () => {}];
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow: Storage = {
      ...storage,
      async scan(range) {
        if (range.prefix.includes("messages") && (reads += 1) === 2) await held;
        return storage.scan(range);
      },
    };
    const { search, find } = await life(backend, slow, { online: false });
    expect(await find("word")).toEqual(["new word"]);
    expect(search.get()).toMatchObject({ isSearching: true, progress: { done: 100, total: 152 } });
    release();
    await clock.advance(1_000);
    expect(textsOf(search)).toEqual(["new word", "old word"]);
    expect(search.get()).toMatchObject({ isSearching: false, progress: undefined });
  });

  it("gives page after page, offline too", async () => {
    const words = Array.from({ length: 7 }, (_, index) => `word ${index}`);
    const { backend, storage } = await readOnce({ tides: words });
    const { search, find } = await life(backend, storage, { online: false, limit: 3 });
    expect(await find("word")).toEqual(["word 6", "word 5", "word 4"]);
    expect(search.get().hasMore).toBe(true);
    for (let page = 0; page < 2; page += 1) await Promise.all([search.more(), clock.advance(1_000)]);
    expect(textsOf(search)).toEqual(words.toReversed());
    expect(search.get().hasMore).toBe(false);
  });

  it("no longer finds what was edited or deleted, be it heard or missed, now and in the next life (row H1)", async () => {
    const said = ["kept word", "edited word", "deleted word", "missed word"];
    const { backend, storage } = await readOnce({ tides: [...said, ...fillers(120)] });
    const [edited, deleted, missed] = said.slice(1).map((text) => messageOf(backend, "tides", text));
    backend.act("bob", { type: "message.delete", messageId: missed ?? "", ...on("tides") });
    const second = await life(backend, storage);
    expect(await second.find("word")).toEqual(["deleted word", "edited word", "kept word"]);
    const content = { text: "other" };
    backend.act("bob", { type: "message.edit", messageId: edited ?? "", content, ...on("tides") });
    backend.act("bob", { type: "message.delete", messageId: deleted ?? "", ...on("tides") });
    await clock.advance(1_000);
    expect(textsOf(second.search)).toEqual(["kept word"]);
    await end(second);
    const third = await life(backend, storage, { online: false });
    expect(await third.find("word")).toEqual(["kept word"]);
    expect(await third.find("other")).toEqual(["other"]);
  });

  it("keeps what it hears of a deletion where nobody looks", async () => {
    const { backend, storage } = await readOnce({ tides: ["deleted word", ...fillers(120)] });
    const second = await life(backend, storage);
    await second.find("nothing of the kind");
    const messageId = messageOf(backend, "tides", "deleted word");
    backend.act("bob", { type: "message.delete", messageId, ...on("tides") });
    await clock.advance(1_000);
    await end(second);
    expect(await (await life(backend, storage, { online: false })).find("word")).toEqual([]);
  });

  it("finds nothing the user has hidden, nor of whom they block, offline too (row H1)", async () => {
    const { backend, storage } = await readOnce({ tides: ["one word", "two word"] });
    const other = { type: "participant.add", userId: "eve", ...on("tides") } as const;
    backend.act("bob", other);
    backend.act("eve", sending("tides", "eve's word"));
    const second = await life(backend, storage, { opens: ["tides"] });
    const messageId = messageOf(backend, "tides", "one word");
    await openNotebook(second.ada).hide("tides", messageId);
    await openBlocks(second.ada).block("eve");
    await clock.advance(2_000);
    expect(await second.find("word")).toEqual(["two word"]);
    await end(second);
    const third = await life(backend, storage, { online: false });
    expect(await third.find("word")).toEqual(["two word"]);
  });

  it("[D8] finds nothing where one is no longer in, nor for anybody else", async () => {
    const { backend, storage } = await readOnce({ tides: ["one word", "the last"] });
    const eve = await life(backend, storage, { userId: "eve", online: false });
    expect(await eve.find("word")).toEqual([]);
    await end(eve);
    const second = await life(backend, storage);
    expect(await second.find("word")).toEqual(["one word"]);
    backend.act("bob", { type: "participant.remove", userId: "ada", ...on("tides") });
    await clock.advance(1_000);
    expect(textsOf(second.search)).toEqual([]);
    await end(second);
    expect(await (await life(backend, storage, { online: false })).find("word")).toEqual([]);
  });

  it("[D8, K5] finds nothing once the backend says that one is somebody else", async () => {
    const { backend, storage } = await readOnce({ tides: ["one word", "the last"] });
    const ada = createClient({
      transport: backend.transport("eve"),
      ...{ clock, storage, userId: "ada", logger: () => {} },
    });
    living.push(ada);
    const search = createSearch(ada, { clock });
    search.subscribe(() => {});
    search.find({ text: "word" });
    await clock.advance(1_000);
    expect(textsOf(search)).toEqual(["one word"]);
    const found: (readonly string[])[] = [];
    ada.userId.subscribe(() => {
      search.find({ text: "one wor" });
      search.subscribe(() => found.push(textsOf(search)));
    });
    void ada.connect();
    await clock.advance(2_000);
    expect(found.length).toBeGreaterThan(0);
    expect(found.flat()).toEqual([]);
  });

  it("reads anew what could not be read", async () => {
    const { backend, storage } = await readOnce({ tides: ["old word", ...fillers(150), "new word"] });
    let reads = 0;
    const flaky: Storage = {
      ...storage,
      async scan(range) {
        if (range.prefix.includes("messages") && (reads += 1) === 2) throw new Error("a bad sector");
        return storage.scan(range);
      },
    };
    const { find } = await life(backend, flaky, { online: false });
    expect(await find("old word")).toEqual([]);
    await clock.advance(10_000);
    await find("old wor");
    expect(await find("old word")).toEqual(["old word"]);
  });

  it("[K7, K4] finds nothing of what went to make room, or is damaged, and the rest all the same", async () => {
    const { backend, storage } = await readOnce({
      tides: ["one word", "two word", "the last"],
      ships: ["three word", "the last"],
    });
    const keys = cacheKeys("ada");
    await storage.write([
      { type: "delete", key: keys.timeline("ships") },
      { type: "put", key: keys.message("tides", 2), value: { message: { text: "word" } } },
    ]);
    const { find } = await life(backend, storage, { online: false });
    expect(await find("word")).toEqual(["one word"]);
  });

  it("reads entry by entry where a storage has no pages", async () => {
    const { backend, storage } = await readOnce({ tides: ["old word", ...fillers(150)] });
    const scanned: unknown[] = [];
    const sealed: Storage = {
      ...storage,
      supports: { durability: "memory", paging: false },
      scan(range) {
        if (range.prefix.includes("messages")) scanned.push(range);
        return storage.scan(range);
      },
    };
    const { find } = await life(backend, sealed, { online: false });
    expect(await find("word")).toEqual(["old word"]);
    expect(scanned).toEqual([]);
  });
});

/** A worker in the same thread, which hears what it is told only later, as a copy. */
function fakeWorker(): SearchWorker & { readonly tasks: string[]; end(): void } {
  const answer = createServant();
  const tasks: string[] = [];
  let tell: (event: { readonly data: SearchResult }) => void = () => {};
  let fail: () => void = () => {};
  let isOver = false;
  return {
    tasks,
    postMessage(task) {
      tasks.push(task.type);
      const copy = structuredClone(task);
      queueMicrotask(() => {
        const result = isOver ? undefined : answer(copy);
        if (result) tell({ data: result });
      });
    },
    addEventListener(type: "message" | "error", listener: (event: { readonly data: SearchResult }) => void) {
      if (type === "message") tell = listener;
      else fail = () => Reflect.apply(listener, undefined, []);
    },
    end() {
      isOver = true;
      fail();
    },
  };
}

describe("a search with a worker", () => {
  it("finds the same, and goes on in the page when the worker has ended", async () => {
    const { backend, storage } = await readOnce({ tides: ["one word", "two", "x"], ships: ["three word"] });
    const worker = fakeWorker();
    const { find } = await life(backend, storage, { online: false, worker });
    expect(await find("word")).toEqual(["three word", "one word"]);
    expect(worker.tasks.filter((each) => each === "add")).toHaveLength(2);
    worker.end();
    expect(await find("two")).toEqual(["two"]);
  });
});
