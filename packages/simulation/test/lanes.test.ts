import type { MessagingError } from "@tidings/core";
import { afterEach, describe, expect, it } from "vitest";
import { flakyStore, type StoreFault } from "../src/flaky-store.ts";
import { createMember, type Member } from "../src/member.ts";
import { textOf } from "../src/texts.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const numbered = (count: number, who: string): string[] =>
  Array.from({ length: count }, (_, index) => `${who} ${index}`);

/** Sends without waiting for anything but storage. */
async function sendAll({ room }: Member, texts: readonly string[]): Promise<void> {
  for (const text of texts) await room.send(text);
}

/** The codes for which commands of this client had to come back. */
function refusalsOf({ client }: Member): (string | undefined)[] {
  const codes: (MessagingError["code"] | undefined)[] = [];
  client.on("outbox", ({ error }) => error && codes.push(error.code));
  return codes;
}

async function said(by: string): Promise<string[]> {
  const messages = (await world?.history())?.messages ?? [];
  return messages.map(textOf).filter((text) => text.startsWith(by));
}

describe("the order of one person's messages in one conversation", { timeout: 30_000 }, () => {
  it("[D2, D7] holds, each once, though the store fails, or loses its answer, again and again", async () => {
    const plan: (StoreFault | undefined)[] = [];
    world = await createWorld({ wrapStore: (store) => flakyStore(store, () => plan.shift()) });
    const { members } = world;
    const codes = members.map(refusalsOf);
    plan.push("forget", undefined, "refuse", "forget");
    for (let part = 0; part < 4; part += 1) {
      await Promise.all(members.map((each) => sendAll(each, numbered(10, `${each.userId} ${part}`))));
      await sleep(20); // a commit takes all that came in one turn; these are to meet several
    }
    expect(await world.verify(40_000)).toEqual([]);
    expect(plan).toEqual([]);
    expect(codes.flat()).toContain("server/unavailable");
    const parts = [0, 1, 2, 3];
    for (const { userId } of members) {
      expect(await said(userId)).toEqual(parts.flatMap((part) => numbered(10, `${userId} ${part}`)));
    }
  });

  it("[D7] holds where two devices of one person share a rate the server enforces", async () => {
    const rates = [{ name: "second", scope: "user", tokens: 30, perMs: 1_000, burst: 8 }] as const;
    world = await createWorld({ policy: { rates } });
    const { backend, conversationId } = world;
    const phone = world.member(0);
    const laptop = await createMember({ backend, conversationId, userId: "ada" });
    await laptop.client.connect();
    const codes = [phone, laptop].map(refusalsOf);
    await Promise.all([sendAll(phone, numbered(25, "phone")), sendAll(laptop, numbered(25, "laptop"))]);
    expect(await world.verify(40_000)).toEqual([]);
    await until("the laptop done", () => laptop.client.outbox.get().waiting === 0);
    expect(codes.flat()).toContain("rate/limited");
    expect(await said("phone")).toEqual(numbered(25, "phone"));
    expect(await said("laptop")).toEqual(numbered(25, "laptop"));
    expect(laptop.delivery.violations).toEqual([]);
    await laptop.close();
  });

  it("[D7] holds where the server finds a client too busy", async () => {
    world = await createWorld({ bounds: { framesPerSecond: 30, frameBurst: 15 } });
    const ada = world.member(0);
    const codes = refusalsOf(ada);
    await sendAll(ada, numbered(80, "ada"));
    await until("all of it sent", () => ada.client.outbox.get().waiting === 0, { timeoutMs: 20_000 });
    await sleep(1_000); // what verifying reads counts as frames too, and the burst is used up
    expect(await world.verify(40_000)).toEqual([]);
    expect(codes).toContain("protocol/busy");
    expect(await said("ada")).toEqual(numbered(80, "ada"));
  });

  it("[D7] holds around a command the server cannot read, which is parked in sight and stops nobody", async () => {
    // Without steps nothing looks at a draft here, and what JSON makes of it is the server's to refuse.
    world = await createWorld({ member: { compose: [] } });
    const ada = world.member(0);
    await sendAll(ada, numbered(10, "ada before"));
    const poison = await ada.room.send({ text: "poison", kind: "text", replyTo: "not an id" });
    await sendAll(ada, numbered(10, "ada after"));
    await expect(poison.settled()).rejects.toMatchObject({ code: "command/malformed" });
    expect(await world.verify()).toEqual([]);
    expect(ada.client.outbox.get()).toMatchObject({ waiting: 0, failed: 1 });
    expect(await said("ada")).toEqual([...numbered(10, "ada before"), ...numbered(10, "ada after")]);
    expect(ada.delivery.of(poison.id)).toEqual(["queued", "sending", "failed"]);

    ada.proxy.reset(); // a new link is no reason to try it again
    await sendAll(ada, numbered(10, "ada again"));
    expect(await world.verify()).toEqual([]);
    expect((await said("ada")).slice(20)).toEqual(numbered(10, "ada again"));
    expect(ada.delivery.of(poison.id)).toEqual(["queued", "sending", "failed"]);
  });
});
