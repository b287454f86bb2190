import { afterEach, describe, expect, it } from "vitest";
import { startBackend } from "../src/backend.ts";
import type { Member } from "../src/member.ts";
import { textOf, textsOf } from "../src/texts.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

/** Tokens say their end in whole seconds, so two is the least that lasts at all. */
const LIFE_MS = 2_000;

/** Sends a message every few ms until `isOver`. */
async function talk({ room }: Member, isOver: () => boolean): Promise<string[]> {
  const texts: string[] = [];
  while (!isOver()) {
    const text = `message ${texts.length}`;
    texts.push(text);
    await room.send(text);
    await sleep(20);
  }
  return texts;
}

describe("a token that ends while people talk", { timeout: 30_000 }, () => {
  it("[D1, D2] is renewed on the open link: no new connection, nothing lost, asked for once at a time", async () => {
    const backend = await startBackend({ bounds: { tokenGraceMs: 5_000 } });
    let asked = 0;
    let running = 0;
    let most = 0;
    const auth = async (): Promise<string> => {
      asked += 1;
      most = Math.max(most, ++running);
      await sleep(20);
      running -= 1;
      return backend.token("ada", LIFE_MS);
    };
    world = await createWorld({ backend, userIds: ["ada"], member: { auth } });
    const ada = world.member(0);
    const texts = await talk(ada, () => asked >= 4);
    expect(most).toBe(1);
    expect(ada.proxy.attempts).toBe(1);
    expect(await world.verify()).toEqual([]);
    expect(textsOf(ada.room)).toEqual(texts);
    expect(ada.errors).toEqual([]);
  });

  it("[D1, D2] and cannot be renewed in time ends the link; a new one with a new token goes on", async () => {
    const backend = await startBackend({ bounds: { tokenGraceMs: 0 } });
    let hasTokens = true;
    const auth = async (): Promise<string> => {
      if (!hasTokens) throw new Error("simulated: the app's own backend is down");
      return backend.token("ada", LIFE_MS);
    };
    world = await createWorld({ backend, userIds: ["ada"], member: { auth } });
    const ada = world.member(0);
    const codes: (string | undefined)[] = [];
    ada.client.connection.subscribe(({ error }) => codes.push(error?.code));
    hasTokens = false;
    let isBack = false;
    const talking = talk(ada, () => isBack);
    await until("the link ended", () => codes.includes("auth/expired"));
    await until("no token to be had", () => codes.includes("auth/unavailable"));
    hasTokens = true;
    await until("ada online", () => ada.client.connection.get().name === "online");
    isBack = true;
    const texts = await talking;
    expect(await world.verify()).toEqual([]);
    expect((await world.history()).messages.map(textOf)).toEqual(texts);
  });
});

describe("an app that takes its time with tokens", { timeout: 30_000 }, () => {
  it("[D9] is asked once at a time, though a new link is wanted while the old one is being renewed", async () => {
    const backend = await startBackend();
    let asked = 0;
    let running = 0;
    let most = 0;
    const auth = async (): Promise<string> => {
      asked += 1;
      most = Math.max(most, ++running);
      await sleep(asked === 1 ? 0 : 400);
      running -= 1;
      return backend.token("ada", LIFE_MS);
    };
    world = await createWorld({ backend, userIds: ["ada"], member: { auth } });
    const ada = world.member(0);
    await until("a renewal under way", () => running === 1 && asked === 2);
    ada.proxy.reset();
    await until("another link", () => ada.proxy.attempts === 2);
    await until("ada online", () => ada.client.connection.get().name === "online");
    expect(most).toBe(1);
    expect(asked).toBe(2); // the new link took the answer to the question that was being asked
    expect(await world.verify()).toEqual([]);
  });
});

describe("a token the server does not accept", { timeout: 30_000 }, () => {
  it("[D1, D9] blocks the client, in sight and without another attempt, until the app connects again", async () => {
    const backend = await startBackend();
    const tokens = { ada: await backend.token("ada"), now: "" };
    tokens.now = tokens.ada;
    world = await createWorld({ backend, userIds: ["ada"], member: { auth: () => tokens.now } });
    const ada = world.member(0);
    const { client, room, proxy } = ada;
    tokens.now = "not a token";
    proxy.reset();
    const message = await room.send("patience");
    await until("blocked", () => client.connection.get().name === "blocked");
    expect(client.connection.get().error).toMatchObject({ code: "auth/invalid", retryable: false });
    expect(ada.errors.map(({ code }) => code)).toContain("auth/invalid");
    const { attempts } = proxy;
    await sleep(500);
    expect(proxy.attempts).toBe(attempts);
    expect(textsOf(room)).toEqual(["patience"]);
    expect(message.status).toBe("queued");

    await expect(client.connect()).rejects.toMatchObject({ code: "auth/invalid" });
    expect(proxy.attempts).toBe(attempts + 1);
    tokens.now = tokens.ada;
    await client.connect();
    await message.settled();
    expect(await world.verify()).toEqual([]);
  });

  it("[D8] never lets one person's client become another's: the token decides, not the client", async () => {
    const backend = await startBackend();
    world = await createWorld({ backend, userIds: ["ada", "bob"] });
    const bob = world.member(1);
    expect(bob.client.userId.get()).toBe("bob");
    const mallory = await backend.token("mallory");
    await bob.client.close();
    const { createMember } = await import("../src/member.ts");
    const fake = await createMember({ backend, userId: "bob", conversationId: "room", auth: () => mallory });
    await fake.client.connect();
    expect(fake.client.userId.get()).toBe("mallory");
    await fake.room.timeline.loadOlder().catch(() => {});
    expect(textsOf(fake.room)).toEqual([]);
    const message = await fake.room.send("I am bob");
    await expect(message.settled()).rejects.toMatchObject({ code: "conversation/not-found" });
    expect((await world.history()).messages).toEqual([]);
    await fake.close();
  });
});
