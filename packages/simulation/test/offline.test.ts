import { memoryStorage } from "@tidings/core";
import { afterEach, describe, expect, it } from "vitest";
import { createMember } from "../src/member.ts";
import { textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

describe("a client whose server is out of reach", { timeout: 30_000 }, () => {
  it("[D1, D3] keeps what is sent and delivers it, in order, when the server is back", async () => {
    world = await createWorld();
    const [ada, bob] = [world.member(0), world.member(1)];
    ada.proxy.refuse();
    ada.proxy.reset();
    await until("ada knows", () => ada.client.connection.get().name !== "online");
    const sent = await Promise.all(["one", "two", "three"].map((text) => ada.room.send(text)));
    expect(textsOf(ada.room)).toEqual(["one", "two", "three"]); // seen at once
    expect(sent.map(({ status }) => status)).toEqual(["queued", "queued", "queued"]);
    expect(ada.client.outbox.get()).toMatchObject({ waiting: 3, failed: 0 });
    await bob.room.send("meanwhile");
    await until("bob's message at the server", async () => textsOf(bob.room).length === 1);

    ada.proxy.heal();
    await Promise.all(sent.map((each) => each.settled()));
    expect(await world.verify()).toEqual([]);
    expect(textsOf(bob.room)).toEqual(["meanwhile", "one", "two", "three"]);
    expect(ada.delivery.of(sent[0]?.id ?? "")).toEqual(["queued", "sending", "sent"]);
  });

  it("[D1] shows edits, reactions and pins of its own at once, and they reach everybody later", async () => {
    world = await createWorld();
    const [ada, bob] = [world.member(0), world.member(1)];
    const message = await ada.room.send("helo");
    await message.settled();
    ada.client.disconnect();
    await ada.room.edit(message.id, "hello");
    await ada.room.react(message.id, "👍");
    await ada.room.pin(message.id);
    const shown = ada.room.timeline.get().items.at(-1);
    expect(shown).toMatchObject({ pending: true, message: { content: { text: "hello" }, pinnedBy: "ada" } });
    await ada.client.connect();
    expect(await world.verify()).toEqual([]);
    const { items } = bob.room.timeline.get();
    expect(items.at(-1)).toMatchObject({
      message: {
        content: { text: "hello" },
        version: 1,
        reactions: [{ emoji: "👍", count: 1 }],
        pinnedBy: "ada",
      },
    });
  });

  it("[D1, D2] hands what waits to its next life, which sends it once", async () => {
    const storage = memoryStorage();
    world = await createWorld();
    const { backend, conversationId } = world;
    const options = { backend, conversationId, userId: "ada", storage };
    const first = await createMember(options);
    await first.client.connect();
    // The server gets the first one; its ack is lost with the process, before the others have left.
    const [one] = [await first.room.send("one")];
    first.link.inject({ loseAck: () => true });
    await until("the ack lost", () => first.link.openLinks === 0);
    first.proxy.refuse();
    await first.room.send("two");
    await first.close();

    const second = await createMember(options);
    await second.client.connect();
    await second.room.send("three");
    await until("everything sent", () => second.client.outbox.get().waiting === 0);
    expect(await world.verify()).toEqual([]);
    expect(textsOf(world.member(1).room)).toEqual(["one", "two", "three"]);
    expect(world.member(1).room.timeline.get().items.at(0)?.key).toBe(one?.id);
    await second.close();
  });
});
