import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";

describe("what an app can ask a client", () => {
  it("who reacted, what one may do here, the limits, and what they let through", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    const message = await room.send("hello");
    await message.settled();
    await here.clock.settle();
    await (await other.react(message.id, "👍")).settled();
    expect(await room.reactors(message.id, "👍")).toEqual({ items: ["ben"] });
    expect([room.may("message.send"), room.may("message.pin")]).toEqual([true, false]);
    expect(ada.conversation("nowhere").may("message.send")).toBe(false);
    expect(ada.policy.get().limits.pageSize).toBe(100);
    expect(ada.rates()).toMatchObject([{ name: "minute", taken: 1 }, { name: "hour" }, { name: "day" }]);
  });

  it("whether one may write where one's right to was taken", async () => {
    const here = world();
    const [ada] = await member(here, "ada");
    const [ben] = await member(here, "ben");
    const room = await ada.createConversation({ kind: "group", participants: [{ userId: "ben" }] });
    await here.clock.settle();
    const theirs = ben.conversation(room.id);
    expect(theirs.may("message.send")).toBe(true);
    await room.members.setPermissions("ben", { canSend: false });
    await here.clock.settle();
    expect(theirs.may("message.send")).toBe(false);
    expect(theirs.may("message.react")).toBe(true);
  });

  it("who the other person of a direct conversation is, also after a restart", async () => {
    const here = world();
    const [ada] = await member(here, "ada");
    const participants = [{ userId: "ben" }];
    await ada.createConversation({ conversationId: "d", kind: "direct", participants });
    const otherOf = ({ conversations }: typeof ada): unknown =>
      conversations.get().find(({ conversationId }) => conversationId === "d")?.otherId;
    await here.clock.settle();
    expect(otherOf(ada)).toBe("ben");
    const [again] = await member(here, "ada");
    expect(otherOf(again)).toBe("ben");
  });
});

describe("what an app is told", () => {
  it("each state of a message is told once, and nothing that it cannot see", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const told: unknown[] = [];
    room.timeline.subscribe(({ items, complete }) => told.push([Object(items.at(-1)).status, complete]));
    const message = await room.send("hello");
    await message.settled();
    await here.clock.settle();
    expect(told).toEqual([
      ["queued", true],
      ["sending", true],
      ["sent", true],
    ]);
  });
});

describe("ten thousand conversations", () => {
  it("[D9] are neither asked for nor held: as many as there are bounds for, the most recent first", async () => {
    const conversations = Array.from({ length: 10_000 }, (_, index) => ({ conversationId: `c${index}` }));
    const here = world({ conversations });
    let queries = 0;
    const transport = here.backend.transport("ada");
    const ada = here.client("ada", {
      transport: {
        ...transport,
        async open(request, signal) {
          const link = await transport.open(request, signal);
          return { ...link, query: (query) => ((queries += 1), link.query(query)) };
        },
      },
    });
    await ada.connect();
    await here.clock.settle();
    expect(ada.conversations.get()).toHaveLength(100);
    expect(queries).toBe(1);
    const [ben] = await member(here, "ben");
    for (const { conversationId } of conversations.slice(0, 3_000))
      await ben.conversation(conversationId).send("hello");
    await here.clock.advance(1_000);
    expect(ada.conversations.get()).toHaveLength(1_000);
    expect(queries).toBeLessThanOrEqual(3_001);
    const held = new Set(ada.conversations.get().map(({ conversationId }) => conversationId));
    expect(conversations.slice(2_000, 3_000).every((each) => held.has(each.conversationId))).toBe(true);
  }, 60_000);

  it("[D9] an unopened conversation keeps a few messages, however many are pushed, and counts them all", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const ben = here.client("ben");
    await ben.connect();
    await here.clock.settle();
    for (let index = 0; index < 1_000; index += 1) await room.send(`m${index}`);
    await here.clock.advance(1_000);
    const [item] = ben.conversations.get();
    expect(item?.unread).toBe(1_000);
    expect(Object(item?.lastMessage?.content).text).toBe("m999");
    here.backend.faults.hold(); // what it shows now is what it held
    const theirs = ben.conversation("general");
    expect(theirs.timeline.get().items.length).toBeLessThanOrEqual(51);
    here.backend.faults.release();
    await here.clock.advance(1_000);
    expect(texts(theirs)).toHaveLength(100);
    expect(theirs.unread.get()).toBe(1_000);
  });
});
