import { afterEach, describe, expect, it } from "vitest";
import { createMember, type Member } from "../src/member.ts";
import { textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
let late: Member | undefined;
afterEach(async () => {
  await late?.close();
  await world?.close();
  late = undefined;
});

const statusOf = ({ room }: Member, id: string): string | undefined => {
  const item = room.timeline.get().items.at(room.timeline.get().items.indexOf(id));
  return item?.type === "message" ? item.status : undefined;
};

describe("a client that comes late", { timeout: 30_000 }, () => {
  it("[D5] learns who has read what while it was away", async () => {
    world = await createWorld();
    const [ada, bob, cyd] = [world.member(0), world.member(1), world.member(2)];
    const message = await ada.room.send("read me");
    await message.settled();
    await until(
      "everybody has it",
      () => ada.room.receipts.get().filter(({ deliveredSeq }) => deliveredSeq === 1).length >= 2,
    );
    expect(statusOf(ada, message.id)).toBe("delivered");
    ada.client.disconnect();
    bob.room.markRead();
    await until("the server knows", () => cyd.room.readersOf(1).includes("bob"));
    expect(statusOf(ada, message.id)).toBe("delivered");
    await ada.client.connect();
    await until("ada knows", () => ada.room.readersOf(1).includes("bob"), { timeoutMs: 3_000 });
    expect(statusOf(ada, message.id)).toBe("read");
    expect(ada.watch.violations).toEqual([]);
  });

  it("[D4] has a conversation it opens while online, without anything having to happen in it", async () => {
    world = await createWorld();
    for (const text of ["one", "two"]) await (await world.member(0).room.send(text)).settled();
    late = await createMember({ backend: world.backend, userId: "bob", conversationId: "another" });
    await late.client.connect();
    await until("the list is here", () => late?.client.conversations.get().length === 1);
    const room = late.client.conversation(world.conversationId);
    await until("it is filled", () => textsOf(room).length === 2, { timeoutMs: 3_000 });
    expect(room.timeline.get().complete).toBe(true);
  });

  it("[D8] learns that it was removed, and of nothing else", async () => {
    world = await createWorld();
    const [ada, bob] = [world.member(0), world.member(1)];
    expect(bob.client.conversations.get()).toHaveLength(1);
    bob.client.disconnect();
    await (await ada.room.members.remove("bob")).settled();
    await (await ada.room.send("not for bob")).settled();
    await bob.client.connect();
    await until("bob knows", () => bob.client.conversations.get().length === 0);
    expect(bob.room.timeline.get().absent).toBe(true);
    expect(bob.room.members.get().some(({ userId }) => userId === "bob")).toBe(false);
    expect(textsOf(bob.room)).toEqual([]);
    expect(bob.errors).toEqual([]);
    await (await ada.room.members.add("bob")).settled();
    await until("bob is back in", () => textsOf(bob.room).includes("not for bob"));
    expect(bob.client.conversations.get()).toHaveLength(1);
    expect(bob.room.timeline.get().absent).toBe(false);
    expect(await world.verify()).toEqual([]);
  });

  it("[D1] begins a conversation while offline, and hears of no error when it comes to be", async () => {
    world = await createWorld();
    const { client, errors } = world.member(0);
    client.disconnect();
    const room = await client.createConversation({
      conversationId: "new",
      kind: "group",
      participants: [{ userId: "bob" }],
    });
    const message = await room.send("first");
    expect(room.record.get()).toMatchObject({ kind: "group" });
    await client.connect();
    await message.settled();
    const theirs = world.member(1).client.conversation("new");
    await until("bob has it", () => textsOf(theirs).includes("first"), { timeoutMs: 3_000 });
    expect(errors).toEqual([]);
  });

  it("[D1] begins a conversation while online, and hears of no error", async () => {
    world = await createWorld();
    const { client, errors } = world.member(0);
    const room = await client.createConversation({ conversationId: "new", kind: "group" });
    const message = await room.send("first");
    await message.settled();
    await until("complete", () => room.timeline.get().complete, { timeoutMs: 3_000 });
    expect(errors).toEqual([]);
  });
});
