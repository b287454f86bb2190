import type { LinkEvent } from "@tidings/core";
import { seededRandom } from "@tidings/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { isLikely } from "../src/chance.ts";
import { textOf, textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index}`);

const isChange = (event: LinkEvent): boolean => event.type === "change";

/** Says yes to each thing the first time. */
function once(): (thing: { readonly commandId: string }) => boolean {
  const seen = new Set<string>();
  return ({ commandId }) => !seen.has(commandId) && seen.add(commandId).size > 0;
}

describe("frames that get lost or doubled", { timeout: 30_000 }, () => {
  it("[D2] every ack lost once: every command takes effect once", async () => {
    world = await createWorld();
    const ada = world.member(0);
    ada.link.inject({ loseAck: once() });
    const texts = numbered(20);
    const sent = await Promise.all(texts.map((text) => ada.room.send(text)));
    const target = sent[0]?.id ?? "";
    await ada.room.edit(target, "edited");
    await ada.room.react(target, "👍");
    await ada.room.pin(target);
    await ada.room.delete(sent[1]?.id ?? "");
    expect(await world.verify()).toEqual([]);

    const { messages } = await world.history();
    expect(messages.map(textOf)).toEqual(["edited", "", ...texts.slice(2)]);
    expect(messages[0]).toMatchObject({ version: 1, reactions: [{ emoji: "👍", count: 1 }] });
    expect(messages.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
    // One command, one revision: 4 made the room, 20 messages, 4 changes.
    expect((await world.history()).head).toMatchObject({ rev: 28, seq: 20 });
    expect(ada.proxy.attempts).toBeGreaterThanOrEqual(25);
  });

  it("[D2] every submit and every push doubled: nobody sees anything twice", async () => {
    world = await createWorld({ member: { faults: { repeatSubmit: () => true, repeatEvent: () => true } } });
    const heard: string[] = [];
    world.member(1).client.on("message", (message) => heard.push(textOf(message)));
    await Promise.all(
      world.members.map(async ({ room, userId }) => {
        for (const text of numbered(20)) {
          const message = await room.send(`${userId} ${text}`);
          await room.react(message.id, "👀");
        }
      }),
    );
    expect(await world.verify()).toEqual([]);
    const { messages, head } = await world.history();
    expect(messages).toHaveLength(60);
    expect(head).toMatchObject({ seq: 60, rev: 4 + 120 });
    expect(messages.every(({ reactions }) => reactions[0]?.count === 1)).toBe(true);
    expect(new Set(heard).size).toBe(40);
  });

  it("[D2, D3] pushes reordered and doubled: three members see one order, the server's", async () => {
    const random = seededRandom(3);
    const faults = {
      delayEvent: (event: LinkEvent) => isChange(event) && isLikely(random, 0.4),
      repeatEvent: (event: LinkEvent) => isChange(event) && isLikely(random, 0.4),
    };
    world = await createWorld({ member: { faults } });
    await Promise.all(
      world.members.map(async ({ room, userId }) => {
        for (const text of numbered(40)) {
          await (await room.send(`${userId} ${text}`)).settled();
        }
      }),
    );
    expect(await world.verify()).toEqual([]);
    const { messages } = await world.history();
    for (const { userId } of world.members) {
      const own = messages.filter(({ authorId }) => authorId === userId).map(textOf);
      expect(own).toEqual(numbered(40).map((text) => `${userId} ${text}`));
    }
  });
});

describe("pushes that do not arrive though the link is fine", { timeout: 30_000 }, () => {
  it("[D4] shows a hole, or what is missing, until it is repaired without a new connection", async () => {
    world = await createWorld();
    const [ada, bob] = [world.member(0), world.member(1)];
    const { attempts } = bob.proxy;
    let left = 2;
    bob.link.inject({ dropEvent: (event) => isChange(event) && left-- > 0 });
    const before = bob.watch.incomplete;
    for (const text of numbered(4)) await (await ada.room.send(text)).settled();
    expect(await world.verify()).toEqual([]);
    expect(textsOf(bob.room)).toEqual(numbered(4));
    expect(bob.watch.incomplete).toBeGreaterThan(before);
    expect(bob.proxy.attempts).toBe(attempts);
  });

  it("[D4] notices the loss of the very last push by the heads of a heartbeat", async () => {
    world = await createWorld();
    const [ada, bob] = [world.member(0), world.member(1)];
    const { attempts } = bob.proxy;
    const views: { readonly complete: boolean; readonly shown: number }[] = [];
    bob.room.timeline.subscribe(({ complete, items }) => views.push({ complete, shown: items.length }));
    bob.link.inject({ dropEvent: isChange });
    await (await ada.room.send("unheard")).settled();
    expect(bob.room.timeline.get().items.length).toBe(0);
    await until("the loss noticed", () => views.some(({ complete }) => !complete), { timeoutMs: 5_000 });
    await until("the loss repaired", () => textsOf(bob.room).includes("unheard"), { timeoutMs: 5_000 });
    expect(await world.verify()).toEqual([]);
    expect(bob.proxy.attempts).toBe(attempts);
    expect(bob.errors).toEqual([]);
  });

  it("[D4] one in three lost, all the time, under load: everybody has everything in the end", async () => {
    const random = seededRandom(4);
    const faults = { dropEvent: (event: LinkEvent) => isChange(event) && isLikely(random, 0.33) };
    world = await createWorld({ member: { faults } });
    const attempts = world.members.map(({ proxy }) => proxy.attempts);
    await Promise.all(
      world.members.map(async ({ room, userId }) => {
        for (const text of numbered(40)) {
          const message = await room.send(`${userId} ${text}`);
          await message.settled();
          await room.react(message.id, "👍");
        }
      }),
    );
    expect(await world.verify()).toEqual([]);
    expect(world.members.map(({ proxy }) => proxy.attempts)).toEqual(attempts);
    expect(world.members.every(({ watch }) => watch.incomplete > 0)).toBe(true);
  });
});
