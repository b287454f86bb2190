import { type Client, createClient } from "@tidings/core";
import { virtualClock } from "@tidings/core/testing";
import { webSocketTransport } from "@tidings/transport-ws";
import { apiGateway } from "@tidings/transport-ws/api-gateway";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { type Deployed, deploy } from "./deployed.ts";

const MINUTE_MS = 60_000;
const until = (holds: () => unknown): Promise<unknown> =>
  vi.waitFor(holds, { timeout: 30_000, interval: 10 });

let deployed: Deployed;
let clients: Client[];
beforeEach(async () => {
  clients = [];
  deployed = await deploy();
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await deployed.close();
});

const ticket = (): Promise<string> => deployed.handlers.tickets.issue("anybody");

/** Somebody with the shipped client. */
async function enter(userId: string, lives = virtualClock()) {
  const client = createClient({
    transport: webSocketTransport({
      ...{ url: deployed.gateway.url, WebSocket },
      apiGateway: apiGateway({ ticket, clock: lives }),
    }),
    ...{ auth: () => userId, backoff: { baseMs: 1, maxMs: 20 }, logger: () => {} },
  });
  clients.push(client);
  await client.connect();
  const room = client.conversation("general");
  const texts = (): readonly string[] =>
    [...room.timeline.get().items].flatMap((item) =>
      item.type === "message" && "text" in item.message.content ? [item.message.content.text] : [],
    );
  const hears = (...wanted: readonly string[]) => until(() => expect(texts()).toEqual(wanted));
  return { client, room, texts, hears, lives };
}

/** Whether a WebSocket opens, or the status it is refused with. */
function knock(url: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.on("open", () => {
      socket.close();
      resolve("open");
    });
    socket.on("unexpected-response", (_request, { statusCode }) => resolve(String(statusCode)));
    socket.on("error", () => {});
  });
}

describe("two people with the shipped client, through API Gateway", () => {
  it("say, edit, react, read and type", async () => {
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    const sent = await ada.room.send("hello");
    await sent.settled();
    await bob.hears("hello");
    await ada.room.edit(sent.id, { text: "hello, Bob" });
    await bob.hears("hello, Bob");
    await bob.room.react(sent.id, "👍");
    bob.room.markRead();
    await until(() => expect(ada.room.readersOf(1)).toContain("bob"));
    const stop = ada.room.typing.subscribe(() => {});
    await until(() => {
      bob.room.typing.notify();
      expect(ada.room.typing.get()).toEqual(["bob"]);
    });
    await bob.room.send("hi");
    await ada.hears("hello, Bob", "hi");
    await until(() => expect(ada.room.typing.get()).toEqual([]));
    stop();
  });

  it("[D2] [D7] hand over to new connections again and again, and each message arrives once and in order", async () => {
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    const texts = ["one", "two", "three"];
    const sent = [];
    for (const text of texts) {
      sent.push(await ada.room.send(text)); // it is on its way, and unanswered
      const before = [...deployed.gateway.connections.keys()].join();
      await ada.lives.advance(110 * MINUTE_MS);
      await until(() => expect([...deployed.gateway.connections.keys()].join()).not.toBe(before));
    }
    await Promise.all(sent.map((message) => message.settled()));
    await bob.hears(...texts);
  });

  it("[D2] [D4] miss nothing while DynamoDB throttles, leaves keys for later and loses answers", async () => {
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    Object.assign(deployed.dynamo.faults, { throttled: 0.02, unprocessed: 0.2, unheard: 3 });
    const texts = Array.from({ length: 12 }, (_, index) => `${index + 1}`);
    const sent = [];
    for (const text of texts) sent.push(await ada.room.send(text));
    await Promise.all(sent.map((message) => message.settled()));
    Object.assign(deployed.dynamo.faults, { throttled: 0, unprocessed: 0, unheard: 0 });
    deployed.gateway.connections.forEach((connection) => connection.cut());
    await bob.hears(...texts);
    expect(ada.texts()).toEqual(texts);
  });
});

describe("the functions", () => {
  it("let in by a ticket, once and within a minute, and by nothing else", async () => {
    const url = await deployed.address();
    expect([await knock(url), await knock(url)]).toEqual(["open", "401"]);
    expect([await knock(deployed.gateway.url), await knock(`${deployed.gateway.url}?ticket=x`)]).toEqual([
      "401",
      "401",
    ]);
    const clock = virtualClock(1_790_000_000_000);
    const later = await deploy({ clock });
    const old = await later.address();
    await clock.advance(MINUTE_MS + 1_000);
    expect(await knock(old)).toBe("401");
    expect(await knock(await later.address())).toBe("open");
    await later.close();
  });

  it("forget whoever has gone without a word, at the first 410, and others hear all the same", async () => {
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    const rows = (): readonly string[] =>
      deployed.dynamo.table("Connections").all().flatMap(({ sk, pk }) => (sk && pk && "S" in sk && sk.S === "L" && "S" in pk ? [pk.S] : [])); // prettier-ignore
    const live = rows().length;
    // As if $disconnect had never been called: API Gateway tries, and no more.
    const ghost = {
      id: "ghost",
      version: 1,
      state: "open",
      userId: "bob",
      watching: [],
      status: "online",
      pongs: [],
    };
    for (const [pk, sk] of [["L#ghost", "L"], ["U#bob", "L#ghost"]] as const) {
      const Item = { pk: { S: pk }, sk: { S: sk }, doc: { S: JSON.stringify(ghost) }, version: { N: "1" } };
      await deployed.dynamo.send("PutItem", { TableName: "Connections", Item });
    } // prettier-ignore
    expect(rows()).toHaveLength(live + 1);
    await ada.room.send("who is there?");
    await bob.hears("who is there?");
    await until(() => expect(rows()).toHaveLength(live));
  });

  it("keep connections for a day at most, and forget them when they end", async () => {
    const { client } = await enter("ada");
    const expiries = deployed.dynamo.table("Connections").all().map(({ expiresAt }) => (expiresAt && "N" in expiresAt ? Number(expiresAt.N) * 1_000 : Infinity)); // prettier-ignore
    expect(Math.max(...expiries)).toBeLessThanOrEqual(Date.now() + 25 * 60 * MINUTE_MS);
    await client.close();
    const left = () => deployed.dynamo.table("Connections").all().filter(({ sk }) => sk && "S" in sk && sk.S.startsWith("L")); // prettier-ignore
    await until(() => expect(left()).toEqual([]));
  });

  it("[D8] end a connection whose token has ended, and tell it nothing more", async () => {
    const clock = virtualClock(Date.now());
    const later = await deploy({ clock });
    const posted: string[] = [];
    const socket = new WebSocket(await later.address());
    socket.on("message", (data: Buffer) => void posted.push(data.toString()));
    const say = (frame: object): void => socket.send(JSON.stringify({ action: "x", frames: [frame] }));
    await new Promise((resolve) => socket.once("open", resolve));
    say({ type: "hello", version: 1, clientId: "c", token: "ada" });
    await until(() => expect(posted.join()).toContain('"welcome"'));
    await clock.advance(62 * MINUTE_MS);
    say({ type: "query", id: 1, query: { type: "conversations", limit: 5 } });
    await until(() => expect(posted.at(-1)).toContain("auth/expired"));
    expect(posted.join()).not.toContain('"result"');
    await later.close();
  });
});
