import { type Client, createClient, type Transport } from "@tidings/core";
import { createMemoryBackend } from "@tidings/core/memory";
import { seededRandom, virtualClock } from "@tidings/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { countingClock } from "../src/counting-clock.ts";
import { textOf, textsOf } from "../src/texts.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const HOUR_MS = 3_600_000;

/** Counts attempts to open a link, and how many ran at once. */
function counted(inner: Transport): { transport: Transport; attempts: number; most: number } {
  let running = 0;
  const count = {
    attempts: 0,
    most: 0,
    transport: {
      supports: inner.supports,
      async open(request, signal) {
        count.attempts += 1;
        count.most = Math.max(count.most, ++running);
        try {
          return await inner.open(request, signal);
        } finally {
          running -= 1;
        }
      },
    } satisfies Transport,
  };
  return count;
}

/** Reads everything an app may show, and answers how much that was. */
function readAll(client: Client): number {
  const room = client.conversation("room");
  const { timeline, typing, members, record, unread, receipts, rate, draft } = room;
  const window = timeline.window({ size: 10 });
  const { connection, conversations, outbox, presence, userId } = client;
  const parts = [timeline, typing, members, record, unread, receipts, rate, draft, window];
  const all = [...parts, connection, conversations, outbox, presence, userId];
  for (const part of all) {
    part.get();
    part.subscribe(() => {})();
  }
  room.readersOf(1);
  for (const item of timeline.get().items) timeline.get().items.indexOf(item.key);
  client.conversation("never opened").timeline.get();
  return all.length;
}

describe("what is bounded", { timeout: 30_000 }, () => {
  it("[D9] the outbox: one more than it holds is refused with a code, the others are delivered", async () => {
    world = await createWorld({ member: { maxOutboxEntries: 50 } });
    const ada = world.member(0);
    ada.proxy.refuse();
    ada.proxy.reset();
    const texts = Array.from({ length: 50 }, (_, index) => `message ${index}`);
    for (const text of texts) await ada.room.send(text);
    await expect(ada.room.send("one too many")).rejects.toMatchObject({
      code: "outbox/full",
      category: "limit",
    });
    await expect(ada.room.leave()).rejects.toMatchObject({ code: "outbox/full" });
    expect(textsOf(ada.room)).toEqual(texts);
    ada.proxy.heal();
    expect(await world.verify()).toEqual([]);
    expect((await world.history()).messages.map(textOf)).toEqual(texts);
  });

  it("[D9] attempts to connect, by the server's own door: few, and one at a time", async () => {
    world = await createWorld({ member: { backoff: { baseMs: 500, maxMs: 30_000 } } });
    const { proxy, client } = world.member(0);
    proxy.refuse();
    proxy.reset();
    const before = proxy.attempts;
    for (let turn = 0; turn < 20; turn += 1) {
      void client.connect(); // an impatient app does not make it more
      await sleep(100);
    }
    expect(proxy.attempts - before).toBeGreaterThan(0);
    expect(proxy.attempts - before).toBeLessThanOrEqual(4); // woken attempts are a second apart
    proxy.heal();
    expect(await world.verify()).toEqual([]);
  });

  it("[D9] attempts to connect, through a day without a server", async () => {
    const clock = virtualClock(1e12);
    const random = seededRandom(9);
    const backend = createMemoryBackend({ clock, random });
    const door = counted(backend.transport("ada"));
    const client = createClient({ transport: door.transport, clock, random });
    await client.connect();
    backend.faults.offline(true);
    const message = await client.conversation("general").send("patience");
    const before = door.attempts;
    let timers = 0;
    for (let hour = 0; hour < 24; hour += 1) {
      await clock.advance(HOUR_MS);
      timers = Math.max(timers, clock.timers);
    }
    // Full jitter: waits of 0 to 30 s, 15 on average.
    expect(door.attempts - before).toBeGreaterThan((24 * HOUR_MS) / 30_000);
    expect(door.attempts - before).toBeLessThan((24 * HOUR_MS) / 10_000);
    expect(door.most).toBe(1);
    expect(timers).toBeLessThanOrEqual(4);
    backend.faults.offline(false);
    await clock.advance(60_000);
    expect(message.status).toBe("sent");
    expect(backend.messages("general").map(textOf)).toEqual(["patience"]);
    await client.close();
    expect(clock.timers).toBe(0);
  });

  it("[D9] nothing runs on after close: no timer, no socket, no link", async () => {
    const clock = countingClock();
    world = await createWorld({ member: { clock } });
    const { client, room, link, tap, proxy } = world.member(0);
    room.typing.subscribe(() => {});
    client.presence.subscribe(() => {});
    room.rate.subscribe(() => {});
    room.typing.notify();
    void room.send("never mind the answer");
    expect(clock.timers).toBeGreaterThan(0);
    await Promise.all(world.members.map((each) => each.client.close()));
    expect(clock.timers).toBe(0);
    expect(link.openLinks).toBe(0);
    await until("the socket closed", () => tap.openSockets === 0);
    const { attempts } = proxy;
    await sleep(300);
    expect(proxy.attempts).toBe(attempts);
    expect(clock.timers).toBe(0);
  });
});

describe("reading", { timeout: 30_000 }, () => {
  it("[D10] never throws: before the first connection, while out of reach, after close", async () => {
    world = await createWorld();
    const { client, room, proxy } = world.member(0);
    expect(readAll(client)).toBe(14);
    await (await room.send("hello")).settled();
    proxy.refuse();
    proxy.reset();
    await room.send("waiting");
    readAll(client);
    const before = { texts: textsOf(room), unread: room.unread.get(), members: room.members.get() };
    await client.close();
    readAll(client);
    expect({ texts: textsOf(room), unread: room.unread.get(), members: room.members.get() }).toEqual(before);
    expect(client.connection.get().name).toBe("closed");
    await expect(room.send("too late")).rejects.toMatchObject({ code: "client/closed" });
    await expect(client.connect()).rejects.toMatchObject({ code: "client/closed" });
    room.markRead();
    room.typing.notify();
    room.typing.stop();
    client.disconnect();
    await client.close();
    readAll(client);
  });

  it("[D10] a listener of the app that throws is reported, and harms nobody else", async () => {
    world = await createWorld();
    const [ada, bob] = [world.member(0), world.member(1)];
    const fail = (): never => {
      throw new Error("the app's own mistake");
    };
    bob.client.on("message", fail);
    bob.client.on("change", fail);
    bob.room.timeline.subscribe(fail);
    bob.client.conversations.subscribe(fail);
    bob.client.connection.subscribe(fail);
    const heard: string[] = [];
    bob.client.on("message", (message) => heard.push(textOf(message)));
    await (await ada.room.send("one")).settled();
    bob.proxy.reset();
    await (await ada.room.send("two")).settled();
    await until("bob has both", () => textsOf(bob.room).length === 2);
    expect(await world.verify()).toEqual([]);
    expect(heard).toContain("one");
    expect(new Set(bob.errors.map(({ code }) => code))).toEqual(new Set(["client/listener"]));
  });
});
