import { describe, expect, it } from "vitest";
import { createClient } from "../../client/create-client.ts";
import type { Client } from "../../client/types.ts";
import { createMemoryBackend, type MemoryBackend } from "../../memory/backend.ts";
import type { Transport } from "../../ports/transport.ts";
import type { SearchFilter } from "../../protocol/search.ts";
import { MessagingError } from "../../errors/messaging-error.ts";
import { newId, sending } from "../../testing/dialled.ts";
import { virtualClock } from "../../testing/virtual-clock.ts";
import { createSearch } from "./create-search.ts";
import type { MessageSearch } from "./types.ts";

const clock = virtualClock(1_000, () => new Promise((resolve) => void setImmediate(resolve)));

interface World {
  readonly backend: MemoryBackend;
  readonly ada: Client;
  readonly search: MessageSearch;
  /** The texts found, each with `*` if the client holds it. */
  found(): readonly string[];
  /** Looks for something, and waits for all answers. */
  find(filter: SearchFilter | string): Promise<readonly string[]>;
}

/** ada, connected, who holds the newest 100 messages of what bob has said. */
async function world(
  texts: readonly string[],
  change: (sound: Transport) => Transport = (it) => it,
): Promise<World> {
  const backend = createMemoryBackend({ clock });
  const act = (text: string): unknown => backend.act("bob", sending("general", text));
  backend.act("bob", { type: "participant.join", commandId: newId(), conversationId: "general", at: 0 });
  for (const text of texts) act(text);
  const ada = createClient({ transport: change(backend.transport("ada")), clock, logger: () => {} });
  ada.conversation("general");
  void ada.connect();
  await clock.advance(1_000);
  const search = createSearch(ada, { limit: 3, clock });
  search.subscribe(() => {});
  const found = (): readonly string[] =>
    search
      .get()
      .items.map(({ message: { content }, isLocal }) => `${Object(content).text}${isLocal ? "*" : ""}`);
  return {
    ...{ backend, ada, search, found },
    async find(filter) {
      search.find(typeof filter === "string" ? { text: filter } : filter);
      await clock.advance(1_000);
      return found();
    },
  };
}

const many = (count: number, word: string): string[] =>
  Array.from({ length: count }, (_, index) => `${word} ${index}`);

describe("a search", () => {
  it("finds in the same tick what the client holds, and later what only the backend has, each once (row H1)", async () => {
    const { search, found, find } = await world(["old word", ...many(150, "filler"), "new word"]);
    search.find({ text: "word" });
    expect(found()).toEqual(["new word*"]);
    expect(search.get()).toMatchObject({ isSearching: true, backend: "waiting" });
    expect(await find("word")).toEqual(["new word*", "old word"]);
    expect(search.get()).toMatchObject({ isSearching: false, backend: "answered", hasMore: false });
    expect(search.get().items[0]?.highlights).toEqual([{ start: 4, end: 8 }]);
  });

  it("asks the backend once people have stopped to type, and drops what an earlier search brings", async () => {
    const asked: unknown[] = [];
    const { search, find, found } = await world(["one", "two"], noting(asked));
    for (const text of ["o", "on", "one"]) search.find({ text });
    await clock.advance(199);
    expect(asked).toEqual([]);
    await clock.advance(1);
    search.find({ text: "two" }); // while the answer about "one" is on its way
    await clock.advance(1_000);
    expect(asked).toEqual(["one", "two"]);
    expect(found()).toEqual(["two*"]);
    expect(await find("")).toEqual([]);
    expect(search.get()).toMatchObject({ isSearching: false, backend: "waiting" });
  });

  it("works offline, and asks when there is a link again (row H1)", async () => {
    const { ada, search, find, found } = await world(["old word", ...many(150, "filler"), "new word"]);
    ada.disconnect();
    expect(await find("word")).toEqual(["new word*"]);
    expect(search.get()).toMatchObject({ isSearching: false, backend: "offline", error: undefined });
    await ada.conversation("general").send("my word");
    await clock.advance(1_000);
    expect(found()).toEqual(["my word*", "new word*"]);
    void ada.connect();
    await clock.advance(5_000);
    expect(found()).toEqual(["my word*", "new word*", "old word"]);
    expect(search.get().backend).toBe("answered");
  });

  it("follows what is said, edited and deleted meanwhile, here and there", async () => {
    const { ada, backend, find, found } = await world(["first word", "second word"]);
    await find("word");
    const [second, first] = ada.conversation("general").timeline.get().items.slice().toReversed();
    backend.act("bob", sending("general", "third word"));
    await clock.advance(1_000);
    expect(found()).toEqual(["third word*", "second word*", "first word*"]);
    const on = { conversationId: "general", commandId: newId(), at: 0 } as const;
    backend.act("bob", {
      type: "message.edit",
      messageId: second?.key ?? "",
      content: { text: "other" },
      ...on,
    });
    backend.act("bob", { ...on, type: "message.delete", messageId: first?.key ?? "", commandId: newId() });
    await clock.advance(1_000);
    expect(found()).toEqual(["third word*"]);
  });

  it("follows also while something is said all the time", async () => {
    const { backend, find, found } = await world(["first word"]);
    await find("word");
    backend.act("bob", sending("general", "second word"));
    for (let count = 0; count < 10; count += 1) {
      backend.act("bob", sending("general", `talk ${count}`));
      await clock.advance(100);
    }
    expect(found()).toEqual(["second word*", "first word*"]);
  });

  it("loads page after page", async () => {
    const { search, find, found } = await world([...many(7, "word"), ...many(150, "filler")]);
    expect(await find("word")).toEqual(["word 6", "word 5", "word 4"]);
    for (let page = 0; page < 5; page += 1) await Promise.all([search.more(), clock.advance(10)]);
    expect(found()).toEqual(many(7, "word").toReversed());
    expect(search.get().hasMore).toBe(false);
  });

  it("does without a backend that does not search, and says why one has failed", async () => {
    const refusing =
      (code: "command/unsupported" | "server/unavailable") =>
      (sound: Transport): Transport => ({
        ...sound,
        async open(request, signal) {
          const link = await sound.open(request, signal);
          return {
            ...link,
            query: async (query) => {
              if (query.type === "search") throw new MessagingError(code);
              return link.query(query);
            },
          };
        },
      });
    const without = await world(["word"], refusing("command/unsupported"));
    expect(await without.find("word")).toEqual(["word*"]);
    expect(without.search.get()).toMatchObject({ backend: "unsupported", error: undefined });
    const failing = await world(["word"], refusing("server/unavailable"));
    expect(await failing.find("word")).toEqual(["word*"]);
    expect(failing.search.get()).toMatchObject({ backend: "failed", error: { code: "server/unavailable" } });
  });

  it("[D8] shows nothing of a conversation once one is no longer in it", async () => {
    const { backend, find, found } = await world(["word"]);
    expect(await find("word")).toEqual(["word*"]);
    const on = { conversationId: "general", at: 0 } as const;
    backend.act(
      "bob",
      { type: "participant.remove", commandId: newId(), userId: "ada", ...on },
      { system: true },
    );
    await clock.advance(1_000);
    expect([found(), await find("word")]).toEqual([[], []]);
  });

  it("[D10] goes on being readable when the client is closed", async () => {
    const { ada, find, search } = await world(["word"]);
    await find("word");
    await ada.close();
    expect(search.get().items).toHaveLength(1);
    expect(await find("wor")).toEqual(["word*"]);
  });
});

/** What the backend is asked to search for. */
function noting(asked: unknown[]) {
  return (sound: Transport): Transport => ({
    ...sound,
    async open(request, signal) {
      const link = await sound.open(request, signal);
      return {
        ...link,
        query(query) {
          if (query.type === "search") asked.push(Object(query).text);
          return link.query(query);
        },
      };
    },
  });
}
