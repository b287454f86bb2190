import { describe, expect, it } from "vitest";
import { member, texts, type World, world } from "../../test/client/world.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage, StorageKey } from "../ports/storage.ts";
import type { Client } from "./types.ts";

/** A storage, and what was written, write by write. */
function watched(storage: Storage = memoryStorage()): Storage & { readonly writes: (readonly string[])[] } {
  const writes: (readonly string[])[] = [];
  return {
    ...storage,
    writes,
    async write(operations) {
      writes.push(
        operations.map(({ type, key }) => `${type} ${key.filter((part) => part !== "1").join("/")}`),
      );
      await storage.write(operations);
    },
  };
}

/** Nobody is reachable any more: what is seen from now on was kept. */
async function offline({ backend, clock }: World, ...clients: Client[]): Promise<void> {
  await clock.advance(1_000);
  for (const client of clients) await client.close();
  backend.faults.offline(true);
}

const keysOf = async (storage: Storage, ...prefix: StorageKey): Promise<string[]> =>
  (await storage.scan({ prefix })).map(([key]) => key.slice(2).join("/"));

describe("a client that starts without a network", () => {
  it("[D1, K2] shows its conversations, timelines, people and what others have read, and nothing else is needed", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    const [ben, other] = await member(here, "ben");
    const first = await room.send("one");
    await other.send("two");
    await here.clock.settle();
    await (await other.react(first.id, "👍")).settled();
    other.markRead();
    await offline(here, ada, ben);

    const again = here.client("ada", { storage });
    const kept = again.conversation("general");
    await here.clock.settle();
    expect(again.userId.get()).toBe("ada");
    expect(again.conversations.get()).toMatchObject([
      {
        conversationId: "general",
        record: { name: "General" },
        unread: 1,
        lastMessage: { content: { text: "two" } },
      },
    ]);
    expect(texts(kept)).toEqual(["one", "two"]);
    expect(kept.timeline.get().items.at(0)).toMatchObject({
      own: true,
      status: "read",
      message: { reactions: [{}] },
    });
    expect(kept.members.get().map(({ userId }) => userId)).toEqual(["ada", "ben"]);
    expect(kept.readersOf(1)).toEqual(["ben"]);
    expect(kept.timeline.get()).toMatchObject({ complete: true, absent: false });
  });

  it("[D1, K3] also shows a conversation that is opened later, and asks for nothing it has", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    for (let count = 1; count <= 150; count += 1) await room.send(`m${count}`);
    await here.clock.advance(1_000);
    await ada.close();
    const asked: string[] = [];
    const transport = here.backend.transport("ada");
    const disk = watched(storage);
    const again = here.client("ada", {
      storage: disk,
      transport: {
        ...transport,
        async open(request, signal) {
          const link = await transport.open(request, signal);
          return { ...link, query: (query) => (asked.push(query.type), link.query(query)) };
        },
      },
    });
    await again.connect();
    await here.clock.settle();
    const kept = again.conversation("general");
    await here.clock.settle();
    expect(texts(kept)).toHaveLength(150);
    expect(kept.timeline.get().complete).toBe(true);
    expect(asked).toEqual(["conversations", "receipts"]);
    await here.clock.advance(1_000);
    const put = disk.writes.flat().filter((line) => line.includes("/messages/"));
    expect(put).toHaveLength(1); // the newest, which the list had brought, too
  });

  it("[D4, K3] follows from where it was: what happened meanwhile comes by one question, and nothing is missing", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    const [, other] = await member(here, "ben");
    const first = await room.send("one");
    await room.send("two");
    await here.clock.advance(1_000);
    await ada.close();
    await other.send("three");
    await other.react(first.id, "👍");
    await here.clock.settle();
    const [, kept] = await member(here, "ada", { storage });
    expect(texts(kept)).toEqual(["one", "two", "three"]);
    expect(kept.timeline.get().items.at(0)).toMatchObject({ message: { reactions: [{ emoji: "👍" }] } });
    expect(kept.timeline.get().complete).toBe(true);
  });

  it("[D1, K2] keeps what it had of a conversation that was opened only in the end", async () => {
    const here = world();
    const storage = memoryStorage();
    const lost = here.client("ada", { storage, userId: "ada" }).conversation("general");
    for (const text of ["one", "two"]) await lost.send(text);
    const ada = here.client("ada", { storage, userId: "ada" });
    await ada.connect();
    await here.clock.advance(1_000);
    ada.conversation("general");
    await offline(here, ada);
    const kept = here.client("ada", { storage, userId: "ada" }).conversation("general");
    await here.clock.settle();
    expect(texts(kept)).toEqual(["one", "two"]);
  });

  it("[D1, K1, K2] keeps what was said, edited and deleted before a conversation it has on storage was opened", async () => {
    const here = world();
    const storage = memoryStorage();
    const [first, room] = await member(here, "ada", { storage });
    const [ben, other] = await member(here, "ben");
    const sent = [];
    for (const text of ["one", "two", ...Array.from({ length: 60 }, (_, index) => `m${index}`)])
      sent.push(await other.send(text));
    await here.clock.advance(1_000);
    expect(texts(room)).toHaveLength(62);
    await first.close();
    const second = here.client("ada", { storage });
    await second.connect();
    await other.edit(sent[0]?.id ?? "", "one, changed");
    await (await other.delete(sent[1]?.id ?? "")).settled();
    await (await other.send("three")).settled();
    await here.clock.settle();
    second.conversation("general");
    await here.clock.advance(1_000);
    await offline(here, second, ben);
    const kept = here.client("ada", { storage }).conversation("general");
    await here.clock.settle();
    expect(texts(kept)).toHaveLength(63);
    expect(texts(kept)[0]).toBe("one, changed");
    expect(texts(kept).at(-1)).toBe("three");
    expect(kept.timeline.get().items.at(1)).toMatchObject({ message: { deletedAt: expect.any(Number) } });
  });

  it("[D4, K3] gets by with a storage that is slower than the backend", async () => {
    const here = world();
    const disk = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage: disk });
    const [, other] = await member(here, "ben");
    const first = await room.send("one");
    await here.clock.advance(1_000);
    await ada.close();
    await (await other.send("two")).settled();
    await (await other.react(first.id, "👍")).settled();
    const slowly = async <T>(work: () => Promise<T>): Promise<T> => {
      await new Promise<void>((resolve) => here.clock.after(3_000, resolve));
      return work();
    };
    const storage: Storage = {
      ...disk,
      get: (key) => slowly(() => disk.get(key)),
      scan: (range) => slowly(() => disk.scan(range)),
    };
    const again = here.client("ada", { storage });
    const kept = again.conversation("general");
    void again.connect(); // who it is, the backend says before storage does
    await here.clock.advance(60_000);
    expect(texts(kept)).toEqual(["one", "two"]);
    expect(kept.timeline.get()).toMatchObject({ complete: true });
    expect(again.conversations.get()).toMatchObject([{ unread: 1 }]);
    await other.send("three");
    await here.clock.advance(1_000);
    expect(texts(kept)).toEqual(["one", "two", "three"]);
  });

  it("[D5, K2] keeps how far one has read until the others know it", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    const [, other] = await member(here, "ben");
    for (const text of ["one", "two"]) await other.send(text);
    await here.clock.advance(1_000);
    ada.disconnect();
    room.markRead();
    await here.clock.advance(1_000);
    await ada.close();
    const again = here.client("ada", { storage });
    const kept = again.conversation("general");
    await here.clock.settle();
    expect(kept.unread.get()).toBe(0);
    expect(other.readersOf(2)).toEqual([]);
    await again.connect();
    await here.clock.advance(1_000);
    expect(other.readersOf(2)).toEqual(["ada"]);
    await again.close();
    expect(await keysOf(storage, "mark")).toEqual([]);
  });

  it("[D1, K2] keeps drafts, until they are empty", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    room.draft.set("half a thou");
    room.draft.set("half a thought");
    await here.clock.advance(1_000);
    await ada.close();
    const [again, kept] = await member(here, "ada", { storage });
    expect(kept.draft.get()).toBe("half a thought");
    kept.draft.set("");
    await again.close();
    const [third, empty] = await member(here, "ada", { storage });
    expect(empty.draft.get()).toBe("");
    await third.close();
    expect(await keysOf(storage, "draft")).toEqual([]);
  });
});

describe("what a client writes", () => {
  it("[D1, K6] a command before its first byte; then record, cursor and its end in one write", async () => {
    const here = world();
    const storage = watched();
    const [, room] = await member(here, "ada", { storage, userId: "ada" });
    await here.clock.advance(1_000);
    storage.writes.length = 0;
    here.backend.faults.hold();
    const message = await room.send("hello");
    expect(storage.writes).toEqual([[`put outbox/ada/${message.id}`]]);
    here.backend.faults.release();
    await message.settled();
    await here.clock.settle();
    expect(storage.writes[1]).toEqual([
      `delete outbox/ada/${message.id}`,
      expect.stringMatching(/^put cache\/ada\/messages\/general\/0+1?/),
      "put cache/ada/timeline/general",
      "put cache/ada/list/general",
    ]);
  });

  it("[D1] nothing leaves before it is on storage", async () => {
    const here = world();
    const storage = memoryStorage();
    let write = (): void => {};
    const [, room] = await member(here, "ada", {
      userId: "ada",
      storage: {
        ...storage,
        async write(operations) {
          if (operations[0]?.key[0] === "outbox") await new Promise<void>((resolve) => (write = resolve));
          await storage.write(operations);
        },
      },
    });
    void room.send("hello");
    await here.clock.advance(20_000);
    expect(here.backend.messages("general")).toEqual([]);
    write();
    await here.clock.settle();
    expect(here.backend.messages("general")).toHaveLength(1);
  });

  it("[D9, K8] a thousand messages of a conversation, whatever there is", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    for (let count = 1; count <= 1_300; count += 1) await room.send(`m${count}`);
    await here.clock.advance(1_000);
    expect(await keysOf(storage, "cache", "1", "ada", "messages")).toHaveLength(1_000);
    await offline(here, ada);
    const kept = here.client("ada", { storage }).conversation("general");
    await here.clock.settle();
    expect(texts(kept)).toHaveLength(1_000);
    expect(texts(kept)[0]).toBe("m301");
    expect(kept.timeline.get().hasOlder).toBe(true);
  });
});

describe("what a client keeps from one life to the next", () => {
  it("[D9, K8] is bounded: conversations by activity, timelines by when they were used last", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    await room.send("hello");
    await here.clock.advance(1_000);
    await ada.close();
    const prefix = ["cache", "1", "ada"];
    const all = await storage.scan({ prefix });
    const copies = Array.from({ length: 1_200 }, (_, index) =>
      all.slice(0, index < 150 ? 3 : 1).map(([key, value]) => {
        const id = `c${String(index).padStart(4, "0")}`;
        const renamed = JSON.stringify(value)
          .replaceAll('"general"', `"${id}"`)
          .replace(/"usedAt":\d+/, `"usedAt":${index < 150 ? index + 1 : 0}`)
          .replaceAll(/"createdAt":\d+/g, `"createdAt":${10_000 - index}`);
        const copy = key.map((part) => (part === "general" ? id : part));
        return { type: "put", key: copy, value: JSON.parse(renamed) } as const;
      }),
    );
    await storage.write(copies.flat());
    here.backend.faults.offline(true);
    const again = here.client("ada", { storage });
    for (let times = 0; times < 50; times += 1) await here.clock.settle(); // it reads what it deletes, one by one
    const count = async (name: string): Promise<number> =>
      (await storage.scan({ prefix: [...prefix, name] })).length;
    expect(again.conversations.get()).toHaveLength(1_000);
    expect(await count("list")).toBe(1_000);
    expect(await count("timeline")).toBe(100);
    expect(await count("messages")).toBe(100);
    const [oldest] = await storage.scan({ prefix: [...prefix, "timeline"], limit: 1 });
    expect(oldest?.[0].at(-1)).toBe("c0051"); // 150 and one's own, less the 51 used longest ago
    expect(texts(again.conversation("c0149"))).toEqual(["hello"]);
  });
});

describe("what storage holds is not believed blindly", () => {
  it("[D8, O18, K5] another user finds nothing: no conversation, no message, no draft, no command", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    await room.send("hers");
    await here.clock.settle();
    ada.disconnect();
    await room.send("not sent yet");
    room.draft.set("secret");
    await here.clock.advance(1_000);
    await ada.close();

    const transport = here.backend.transport("ben");
    const ben = here.client("ben", { storage, transport }); // who the storage takes for ada until the backend speaks
    const theirs = ben.conversation("general");
    await ben.connect();
    await here.clock.advance(1_000);
    expect(texts(theirs)).toEqual(["hers"]);
    expect(theirs.timeline.get().items.at(0)).toMatchObject({ own: false });
    expect(theirs.draft.get()).toBe("");
    expect(ben.outbox.get().entries).toEqual([]);
    expect(here.backend.messages("general")).toHaveLength(1);
    await ben.close();

    const [, again] = await member(here, "ada", { storage });
    await here.clock.advance(1_000);
    expect(texts(again)).toEqual(["hers", "not sent yet"]);
    expect(again.draft.get()).toBe("secret");
  });

  it("[D8, K5] who was removed keeps nothing", async () => {
    const here = world();
    const storage = memoryStorage();
    const [owner] = await member(here, "ada");
    const room = await owner.createConversation({
      conversationId: "g",
      kind: "group",
      participants: [{ userId: "ben" }],
    });
    const [ben] = await member(here, "ben", { storage });
    ben.conversation("g");
    await room.send("hello");
    await here.clock.advance(1_000);
    expect(await keysOf(storage, "cache", "1", "ben", "messages", "g")).toHaveLength(1);
    await (await room.members.remove("ben")).settled();
    await here.clock.advance(1_000);
    expect((await keysOf(storage, "cache")).filter((key) => /\/g(\/|$)/.test(key))).toEqual([]);
  });

  it("[D4, K4] what another tab has written over with what it knew before is not shown as it was", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    const message = await room.send("before");
    await room.send("last");
    await here.clock.advance(1_000);
    const [old] = await storage.scan({ prefix: ["cache", "1", "ada", "messages"] });
    await room.edit(message.id, "after");
    await here.clock.advance(1_000);
    await ada.close();
    await storage.write([{ type: "put", key: old?.[0] ?? [], value: old?.[1] }]);
    const [, kept] = await member(here, "ada", { storage });
    await here.clock.settle();
    expect(texts(kept)).toEqual(["after", "last"]);
  });

  it("[D4, K5] another epoch voids it", async () => {
    const here = world();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    here.backend.faults.backup();
    await room.send("never was");
    await here.clock.advance(1_000);
    await ada.close();
    here.backend.faults.restore();
    const [again, kept] = await member(here, "ada", { storage });
    await here.clock.advance(1_000);
    expect(texts(kept)).toEqual([]);
    await offline(here, again);
    const third = here.client("ada", { storage }).conversation("general");
    await here.clock.settle();
    expect(texts(third)).toEqual([]);
  });

  it.each([
    ["a message", ["messages"]],
    ["a timeline", ["timeline"]],
    ["a summary", ["list"]],
  ])("[D4, K4] %s that is damaged or missing is asked for again, never shown", async (_, [name = ""]) => {
    for (const value of [undefined, 42, { message: { text: "damaged" } }, null]) {
      const here = world();
      const storage = memoryStorage();
      const [ada, room] = await member(here, "ada", { storage });
      for (const text of ["one", "two", "three"]) await room.send(text);
      await here.clock.advance(1_000);
      await ada.close();
      const [found] = await storage.scan({ prefix: ["cache", "1", "ada", name] });
      const key = found?.[0] ?? [];
      await storage.write([value === undefined ? { type: "delete", key } : { type: "put", key, value }]);
      const [again, kept] = await member(here, "ada", { storage });
      await here.clock.advance(1_000);
      expect(texts(kept)).toEqual(["one", "two", "three"]);
      await offline(here, again);
      const third = here.client("ada", { storage }).conversation("general");
      await here.clock.settle();
      expect(texts(third)).toEqual(["one", "two", "three"]);
    }
  });
});
