import { seededRandom } from "@tidings/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { anyOf } from "../src/chance.ts";
import { isLong } from "../src/seeds.ts";
import { type ServerProcess, startServerProcess } from "../src/server-process.ts";
import { textOf, textsOf } from "../src/texts.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

async function inOwnProcess(): Promise<{ world: World; server: ServerProcess }> {
  const server = await startServerProcess();
  world = await createWorld({ backend: server });
  return { world, server };
}

/** Sends at a steady pace until stopped; answers what was sent. */
function keepSending({ members }: World): { stop(): Promise<ReadonlyMap<string, string[]>> } {
  let isOver = false;
  const sent = new Map<string, string[]>(members.map(({ userId }) => [userId, []]));
  const loops = members.map(async ({ room, userId }) => {
    const texts = sent.get(userId) ?? [];
    while (!isOver) {
      const text = `${userId} ${texts.length}`;
      texts.push(text);
      await room.send(text);
      await sleep(15);
    }
  });
  return {
    async stop() {
      isOver = true;
      await Promise.all(loops);
      return sent;
    },
  };
}

async function expectAll({ members, ...world }: World, sent: ReadonlyMap<string, string[]>): Promise<void> {
  const { messages } = await world.history();
  const total = [...sent.values()].reduce((sum, texts) => sum + texts.length, 0);
  expect(messages).toHaveLength(total);
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
  for (const [userId, texts] of sent) {
    expect(messages.filter(({ authorId }) => authorId === userId).map(textOf)).toEqual(texts);
  }
  for (const { room } of members) expect(textsOf(room)).toEqual(messages.map(textOf));
}

describe("a server that dies", { timeout: isLong ? 600_000 : 180_000 }, () => {
  it("[D1, D2] between commit and ack: the message is there once, and its sender learns of it", async () => {
    const { world: here, server } = await inOwnProcess();
    const [ada, bob] = [here.member(0), here.member(1)];
    ada.proxy.set({ blackHole: true }, "down"); // nothing the server says reaches Ada
    const message = await ada.room.send("committed");
    await until("bob has what ada has no ack for", () => textsOf(bob.room).includes("committed"));
    expect(message.status).toBe("sending");
    await server.kill();
    ada.proxy.cut();
    ada.proxy.heal();
    await server.restart();
    await message.settled();
    expect(await here.verify()).toEqual([]);
    expect((await here.history()).messages.map(({ id }) => id)).toEqual([message.id]);
    expect(ada.delivery.of(message.id)).toEqual(["queued", "sending", "queued", "sending", "sent"]);
  });

  it("[D1, D2, D3, D7] again and again under load: each message once, in order, at all members", async () => {
    const { world: here, server } = await inOwnProcess();
    const random = seededRandom(1);
    const load = keepSending(here);
    for (let round = 0; round < (isLong ? 100 : 4); round += 1) {
      await until("somebody online", () =>
        here.members.some(({ client }) => client.connection.get().name === "online"),
      );
      await sleep(anyOf(random, 250));
      await server.kill();
      await server.restart();
    }
    const sent = await load.stop();
    expect(await here.verify(60_000)).toEqual([]);
    await expectAll(here, sent);
  });
});

describe("a server that is asked to stop", { timeout: 60_000 }, () => {
  it("[D1, D2, D3] drains; its clients come back to its successor, and nothing is lost", async () => {
    const { world: here, server } = await inOwnProcess();
    const reasons = here.members.map(({ client }) => {
      const codes: (string | undefined)[] = [];
      client.connection.subscribe(({ error }) => codes.push(error?.code));
      return codes;
    });
    const load = keepSending(here);
    for (let round = 0; round < (isLong ? 20 : 2); round += 1) {
      await until("all online", () =>
        here.members.every(({ client }) => client.connection.get().name === "online"),
      );
      await sleep(100);
      expect(await server.terminate()).toBe(0);
      await server.restart();
    }
    const sent = await load.stop();
    expect(await here.verify(60_000)).toEqual([]);
    await expectAll(here, sent);
    for (const codes of reasons) expect(codes).toContain("server/draining");
    for (const { errors } of here.members) expect(errors).toEqual([]);
  });
});
