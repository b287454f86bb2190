import { describe, expect, it } from "vitest";
import { member, texts, type World, world } from "../../test/client/world.ts";
import type { Client, Conversation } from "../client/types.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Transport } from "../ports/transport.ts";
import { type ClientSnapshot, dehydrate, hydrate } from "./snapshot.ts";

/** A room with a past, the client that rendered it, and what that left in the page. */
async function rendered(here: World): Promise<[Client, Conversation, ClientSnapshot]> {
  const [ada, room] = await member(here, "ada");
  const [ben, bens] = await member(here, "ben");
  const participants = [{ userId: "ada" }];
  await ben.createConversation({ conversationId: "never opened", kind: "group", name: "New", participants });
  await ada.createConversation({ conversationId: "closed", kind: "group", name: "Closed" });
  const { id } = await bens.send("one");
  await here.clock.settle();
  await room.send("two");
  await room.react(id, "👍");
  room.markRead(1);
  await here.clock.advance(3_000);
  return [ada, room, JSON.parse(JSON.stringify(dehydrate(ada)))];
}

function shownIn(client: Client): unknown {
  const { timeline, members, receipts, unread, record, id } = client.conversation("general");
  const items = [...timeline.get().items];
  const [first] = items;
  const reacted = first?.type === "message" && client.conversation(id).hasReacted(first.message.id, "👍");
  const { complete, hasOlder, head } = timeline.get();
  const all = [items, complete, hasOlder, head, members.get(), receipts.get(), unread.get(), record.get()];
  return [...all, reacted, client.userId.get(), client.conversations.get()];
}

describe("a snapshot", () => {
  it("makes a new client show what the other one did, at once", async () => {
    const here = world();
    const [ada, , snapshot] = await rendered(here);
    const taken = here.client("ada");
    hydrate(taken, snapshot);
    const ids = taken.conversations.get().map(({ conversationId }) => conversationId);
    expect(ids.sort()).toEqual(["closed", "general", "never opened"]);
    expect(shownIn(taken)).toEqual(shownIn(ada));
    expect(texts(taken.conversation("general"))).toEqual(["one", "two"]);
  });

  it("[D2] is gone on from: nothing comes twice, and only what is missing is asked for", async () => {
    const here = world();
    const [, room, snapshot] = await rendered(here);
    await room.send("three");
    await here.clock.settle();
    const asked: string[] = [];
    const transport = counting(here.backend.transport("ada"), asked);
    const taken = here.client("ada", { transport });
    hydrate(taken, snapshot);
    const there = taken.conversation("general");
    await there.send("written before there is a link");
    expect(texts(there)).toEqual(["one", "two", "written before there is a link"]);
    await taken.connect();
    await here.clock.settle();
    await room.send("live");
    await here.clock.settle();
    expect(texts(there)).toEqual(["one", "two", "three", "written before there is a link", "live"]);
    expect(asked).not.toContain("history");
  });

  it("may come after the client was told whose it is, and after a second time", async () => {
    const here = world();
    const [ada, , snapshot] = await rendered(here);
    const taken = here.client("ada", { userId: "ada", storage: memoryStorage() });
    hydrate(taken, snapshot);
    await here.clock.advance(1_000);
    hydrate(taken, snapshot);
    await here.clock.advance(1_000);
    expect(shownIn(taken)).toEqual(shownIn(ada));
  });

  it("that is old takes nothing back", async () => {
    const here = world();
    const [ada, room, snapshot] = await rendered(here);
    await room.send("three");
    await here.clock.settle();
    hydrate(ada, snapshot);
    await here.clock.settle();
    expect(texts(room)).toEqual(["one", "two", "three"]);
  });

  it("of an earlier epoch is left alone once the backend has named its own", async () => {
    const here = world();
    const [ada, room, snapshot] = await rendered(here);
    here.backend.faults.restore();
    await here.clock.advance(60_000);
    await room.send("in the new epoch");
    await here.clock.settle();
    ada.disconnect();
    hydrate(ada, snapshot);
    expect(texts(room)).toContain("in the new epoch");
  });

  it("counts for more than what storage holds of an earlier epoch", async () => {
    const here = world();
    const kept = memoryStorage();
    const storage = { ...kept, close: async () => {} };
    const [before, room] = await member(here, "ada", { storage });
    await room.send("in the epoch before");
    await here.clock.advance(1_000);
    await before.close();
    here.backend.faults.restore();
    const [onServer, there] = await member(here, "ada");
    await there.send("in this one");
    await here.clock.settle();
    const taken = here.client("ada", { storage });
    hydrate(taken, JSON.parse(JSON.stringify(dehydrate(onServer))));
    expect(texts(taken.conversation("general"))).toContain("in this one");
    await here.clock.advance(1_000);
    expect(texts(taken.conversation("general"))).toContain("in this one");
  });

  it("[D8] is not shown to another user, and not made for nobody", async () => {
    const here = world();
    const [, , snapshot] = await rendered(here);
    const eve = here.client("eve", { userId: "eve" });
    expect(() => hydrate(eve, snapshot)).toThrow(expect.objectContaining({ code: "client/misused" }));
    expect(eve.conversations.get()).toEqual([]);
    expect(() => dehydrate(here.client("ada"))).toThrow(expect.objectContaining({ code: "client/misused" }));
    expect(() => dehydrate({ ...eve })).toThrow(expect.objectContaining({ code: "client/misused" }));
  });

  it("[D8] says nothing of who the backend says it is instead: their list has yet to arrive", async () => {
    const here = world();
    const [, , snapshot] = await rendered(here);
    const taken = here.client("ben");
    const told: boolean[] = [];
    hydrate(taken, snapshot);
    expect(taken.listed.get()).toBe(true);
    taken.listed.subscribe((listed) => void told.push(listed));
    await taken.connect();
    await here.clock.settle();
    expect(told).toEqual([false, true]);
    expect(taken.userId.get()).toBe("ben");
  });

  it("leaves out what is pending, and a conversation something of which is missing", async () => {
    const here = world();
    const [ada, room] = await rendered(here);
    ada.disconnect();
    await room.send("waits");
    const pending = JSON.stringify(dehydrate(ada));
    expect([pending.includes("two"), pending.includes("waits")]).toEqual([true, false]);
    void ada.connect();
    await here.clock.settle();
    const [, bens] = await member(here, "ben");
    const { faults } = here.backend;
    faults.dropPushes((_, userId) => userId === "ada");
    await bens.send("lost");
    await here.clock.settle();
    faults.dropPushes(0);
    faults.hold(); // what was lost is asked for, and not answered
    void bens.send("behind it");
    await here.clock.settle();
    expect(room.timeline.get().missing).toBeDefined();
    const gap = JSON.stringify(dehydrate(ada));
    expect([gap.includes("Closed"), gap.includes("behind it"), gap.includes("two")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each<[string, (snapshot: Loose) => unknown]>([
    ["nothing", () => undefined],
    ["a text", () => "{}"],
    ["another version", (all) => ({ ...all, version: 2 })],
    ["no user", (all) => ({ ...all, userId: "" })],
    ["no list", (all) => ({ ...all, conversations: {} })],
    [
      "far too many",
      (all) => ({ ...all, conversations: Array.from({ length: 1_001 }, () => all.conversations[0]) }),
    ],
    ["a conversation that is null", (all) => ({ ...all, conversations: [null] })],
    ["a summary in a wrong shape", (all) => changed(all, (each) => ({ ...each, summary: { x: 1 } }))],
    ["no epoch", (all) => changed(all, (each) => ({ ...each, epoch: 7 }))],
    ["another epoch inside", (all) => changed(all, (each) => ({ ...each, epoch: "another" }))],
    ["a message in a wrong shape", (all) => changed(all, (each) => ({ ...each, messages: [1, 2] }))],
    ["a message too few", (all) => changed(all, (each) => ({ ...each, messages: each.messages?.slice(1) }))],
    ["no messages at all", (all) => changed(all, (each) => ({ ...each, messages: undefined }))],
    [
      "endless ranges",
      (all) => changed(all, (each) => ({ ...each, timeline: { ...each.timeline, known: [{}] } })),
    ],
    ["records of elsewhere", (all) => JSON.parse(JSON.stringify(all).replace('"general"', '"elsewhere"'))],
  ])("refuses %s, and shows nothing of it", async (_what, damage) => {
    const here = world();
    const [, , snapshot] = await rendered(here);
    const loose: Loose = JSON.parse(JSON.stringify(snapshot));
    loose.conversations.sort((one, other) => (other.messages?.length ?? 0) - (one.messages?.length ?? 0));
    const taken = here.client("ada");
    const hydrating = (): void => hydrate(taken, damage(loose));
    expect(hydrating).toThrow(expect.objectContaining({ code: "protocol/malformed" }));
    expect([taken.userId.get(), taken.conversations.get()]).toEqual([undefined, []]);
  });
});

/** A snapshot to be damaged. */
interface Loose {
  readonly conversations: LooseConversation[];
}

interface LooseConversation {
  readonly messages?: readonly unknown[];
  readonly timeline?: object;
  readonly [key: string]: unknown;
}

function changed(all: Loose, change: (each: Loose["conversations"][number]) => unknown): unknown {
  return {
    ...all,
    conversations: all.conversations.map((each, index) => (index === 0 ? change(each) : each)),
  };
}

/** Notes what is asked for. */
function counting(transport: Transport, asked: string[]): Transport {
  return {
    ...transport,
    async open(request, signal) {
      const link = await transport.open(request, signal);
      return {
        ...link,
        query(query) {
          asked.push(query.type);
          return link.query(query);
        },
      };
    },
  };
}
