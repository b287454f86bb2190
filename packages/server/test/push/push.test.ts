import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notebookOf } from "@tidings/core/protocol";
import type { Bus, BusEvent } from "../../src/bus/bus.ts";
import {
  createServer,
  createVapidKeys,
  type PushOptions,
  type TidingsServer,
  webPushProvider,
} from "../../src/index.ts";
import { call } from "../support/api.ts";
import { join, message, newId } from "../support/raw-client.ts";
import { type PushServiceHere, startPushService } from "../support/push-service.ts";
import { start } from "../support/start.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const vapid = { ...createVapidKeys(), subject: "mailto:ops@example.com" };

let service: PushServiceHere;
beforeAll(async () => {
  service = await startPushService();
});
afterAll(async () => {
  await service.close();
  if (service.faults.length > 0) throw new Error(`not pushed as it should be: ${String(service.faults)}`);
});

const pushing = (more: Partial<PushOptions> = {}): { readonly push: PushOptions } => ({
  push: { graceMs: 0, vapid: { ...vapid, origins: [service.origin], addresses: ["127.0.0.1"] }, ...more },
});

/** A phone of Bob's, known to the server; its id. */
async function phone(server: TidingsServer, userId = "bob"): Promise<string> {
  const deviceId = `phone-${newId()}`;
  const line = `PUT /v1/push/devices/${deviceId}`;
  const put = await call(server, line, {
    token: await server.issueToken(userId),
    body: { ...service.subscription(deviceId), expirationTime: null },
  });
  expect(put.status).toBe(204);
  return deviceId;
}

const devicesOf = async (server: TidingsServer, userId = "bob"): Promise<unknown> =>
  (await call(server, "GET /v1/push/devices", { token: await server.issueToken(userId) })).json;

async function said(server: TidingsServer, text: string): Promise<void> {
  const ada = await join(server, "ada");
  const answer = await ada.submit(message("general", text));
  expect(answer.type).toBe("ack");
  ada.socket.close();
}

/** Pushes to one device, as soon as there are so many. */
async function pushesTo(deviceId: string, count: number): Promise<PushServiceHere["pushed"]> {
  const of = () => service.pushed.filter((each) => each.deviceId === deviceId);
  while (of().length < count) await service.received(service.pushed.length + 1);
  return of();
}

/** Once in the lobby people are told of what is said there. */
async function meet(server: TidingsServer, ...userIds: readonly string[]): Promise<void> {
  for (const userId of userIds) (await join(server, userId)).socket.close();
}

describe("a server that pushes", () => {
  it("reaches a device by its push service, encrypted and signed, so that later pushes replace earlier ones (row F12)", async () => {
    const server = await start(pushing());
    await meet(server, "ada", "bob");
    const key = await call(server, "GET /v1/push", { token: await server.issueToken("bob") });
    expect(key.json).toEqual({ publicKey: vapid.publicKey });
    const deviceId = await phone(server);
    await said(server, "hello Bob");
    await pushesTo(deviceId, 1);
    await said(server, "are you there?");
    const [first, second] = await pushesTo(deviceId, 2);
    expect(first).toMatchObject({
      payload: {
        conversationId: "general",
        authorId: "ada",
        name: "General",
        text: "hello Bob",
        seq: 1,
        badge: 1,
      },
      claims: { aud: service.origin, sub: vapid.subject },
      publicKey: vapid.publicKey,
      headers: { ttl: "86400", urgency: "normal" },
    });
    expect(second).toMatchObject({ payload: { text: "are you there?", seq: 2, count: 1, badge: 2 } });
    expect(second?.headers["topic"]).toBe(first?.headers["topic"]);
  });

  it("tells a device whose app is closed of what its owner wanted to be reminded of, once, beside what is said (rows I1, F12)", async () => {
    const dataFile = temporaryFile("reminders.db");
    const server = await start({ dataFile, secret: "s".repeat(32), ...pushing() });
    await meet(server, "ada", "bob");
    const deviceId = await phone(server);
    await said(server, "look at this");
    const [news] = await pushesTo(deviceId, 1);
    const { messageId } = Object(news?.payload);
    const bob = await join(server, "bob");
    const conversationId = notebookOf("bob");
    const subject = { kind: "reminder", conversationId: "general", messageId } as const;
    const dueAt = Date.now() + 100;
    const value = { dueAt, text: "answer" };
    service.answer({ status: 503 });
    await bob.accepted({ type: "note.set", conversationId, subject, value });
    bob.socket.close();
    const [, reminder] = await pushesTo(deviceId, 2);
    expect(reminder).toMatchObject({
      payload: { messageId, seq: 1, dueAt, note: "answer", text: "look at this", name: "General" },
      headers: { urgency: "high" },
    });
    expect(reminder?.headers["topic"]).not.toBe(news?.headers["topic"]);
    await server.close();
    const again = await start({ dataFile, secret: "s".repeat(32), ...pushing() });
    const back = await join(again, "bob");
    const [note] = (await back.query({ type: "notes", conversationId, limit: 10 })).items;
    expect(note?.value).toEqual({ ...value, firedAt: expect.any(Number) }); // nobody has to tell it any more
  });

  it("pushes nothing to a device that took itself back, nor to one its service has forgotten", async () => {
    const server = await start(pushing());
    await meet(server, "ada", "bob");
    const [kept, gone, removed] = [await phone(server), await phone(server), await phone(server)];
    const token = await server.issueToken("bob");
    expect((await call(server, `DELETE /v1/push/devices/${removed}`, { token })).status).toBe(204);
    expect(await devicesOf(server)).toMatchObject({
      items: [{ deviceId: kept, origin: service.origin }, { deviceId: gone }],
    });
    expect(await devicesOf(server, "ada")).toEqual({ items: [] });
    service.answer({ status: 201 }, { status: 410 });
    await said(server, "one of you is gone");
    await pushesTo(kept, 1);
    await expect.poll(async () => devicesOf(server)).toMatchObject({ items: [{ deviceId: kept }] });
    expect(service.pushed.filter(({ deviceId }) => [gone, removed].includes(deviceId))).toEqual([]);
  });

  it("tries again what a service could not take", async () => {
    const server = await start(pushing());
    await meet(server, "ada", "bob");
    const deviceId = await phone(server);
    service.answer({ status: 429, headers: { "retry-after": "1" } });
    await said(server, "twice");
    expect(await pushesTo(deviceId, 1)).toMatchObject([{ payload: { text: "twice" } }]);
  });

  it("tells nobody else who has the browser by then what a service could not take for another (row F12)", async () => {
    const server = await start({ ...pushing(), metricsPort: 0 });
    await meet(server, "ada", "bob", "eve");
    const put = async (userId: string, deviceId: string, body: unknown) =>
      call(server, `PUT /v1/push/devices/${deviceId}`, { token: await server.issueToken(userId), body });
    const browser = service.subscription("shared");
    await put("bob", "his", browser);
    service.answer({ status: 429, headers: { "retry-after": "1" } });
    await said(server, "for Bob");
    const outcomes = async (): Promise<string> => (await fetch(server.metricsUrl ?? "")).text();
    await expect.poll(outcomes).toMatch(/tidings_pushes_total\{[^}]*"later"[^}]*\} 1/u);
    await put("eve", "hers", browser);
    await expect
      .poll(outcomes, { timeout: 10_000 })
      .toMatch(/tidings_pushes_total\{[^}]*"dropped"[^}]*\} 1/u);
    expect(service.pushed.filter(({ deviceId }) => deviceId === "shared")).toEqual([]);
  });

  it("pushes nothing to whoever looks at the conversation", async () => {
    const server = await start(pushing());
    await meet(server, "ada");
    const bob = await join(server, "bob");
    const [his, hers] = [await phone(server), await phone(server, "eve")];
    await meet(server, "eve");
    bob.send({ type: "signal", signal: { type: "watch", conversationIds: ["general"] } });
    await bob.query({ type: "conversations", limit: 1 }); // its watch was heard before
    await said(server, "you see me");
    await pushesTo(hers, 1);
    await said(server, "you see me still");
    await server.close(); // tells at once what waits
    expect(await pushesTo(hers, 2)).toHaveLength(2);
    expect(service.pushed.filter(({ deviceId }) => deviceId === his)).toEqual([]);
  });

  it("keeps its connection to a push service, unless the service says much", async () => {
    const provider = webPushProvider({ ...vapid, origins: [service.origin], addresses: ["127.0.0.1"] });
    const before = service.connections;
    const push = () => {
      const { endpoint, keys } = service.subscription("kept");
      return provider.push({
        target: { userId: "bob", deviceId: "kept", endpoint, ...keys, at: 1 },
        payload: { version: 1, conversationId: "a", messageId: "m", seq: 1, count: 1, sound: true, badge: 1 },
        ...{ topic: "t", urgency: "normal", ttlMs: 1_000 },
      });
    };
    for (let n = 0; n < 5; n += 1) expect(await push()).toEqual({ kind: "sent" });
    expect(service.connections - before).toBe(1);
    const much = "x".repeat(100_000);
    service.answer({ status: 201, body: much, headers: { "content-length": "100000" } });
    expect(await push()).toEqual({ kind: "sent" });
    service.answer({ status: 201, body: much }); // does not say how much it is
    expect(await push()).toEqual({ kind: "sent" });
    expect(await push()).toEqual({ kind: "sent" });
    expect(service.connections - before).toBe(3);
    provider.close?.();
  });

  it("leads nowhere inside, whatever a device calls its address", async () => {
    const inside = { ...vapid, addresses: [] as string[] };
    const provider = webPushProvider(inside);
    const { keys } = service.subscription("victim");
    const { port } = new URL(service.origin);
    const push = (endpoint: string) =>
      provider.push({
        target: { userId: "eve", deviceId: "x", endpoint, ...keys, at: 1 },
        payload: { version: 1, conversationId: "a", messageId: "m", seq: 1, count: 1, sound: true, badge: 1 },
        ...{ topic: "t", urgency: "normal", ttlMs: 1_000 },
      });
    const hosts = [
      "127.0.0.1",
      "localhost",
      "2130706433",
      "0x7f.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0.0.0.0",
      "10.0.0.1",
      "169.254.169.254",
      "192.168.0.1",
      "[fd00::1]",
      "127.1",
      "①②⑦.⓪.⓪.①",
    ];
    for (const host of hosts)
      expect([host, await push(`https://${host}:${port}/x`)]).toEqual([host, { kind: "gone" }]);
    for (const endpoint of [
      service.origin,
      "https://ada:pw@push.example/",
      "file:///etc/passwd",
      "javascript:1",
      "https://",
      `https://x.example/${"a".repeat(2_048)}`,
    ])
      expect([endpoint, provider.accepts(endpoint)]).toEqual([endpoint, false]);
    expect(provider.accepts("https://push.example/abc")).toBe(true);
    const listed = webPushProvider({ ...inside, origins: ["https://push.example"] });
    expect([listed.accepts("https://push.example/abc"), listed.accepts("https://evil.example/abc")]).toEqual([
      true,
      false,
    ]);
    for (const each of [provider, listed]) each.close?.();
  });

  it("refuses what is no subscription, and whoever is nobody", async () => {
    const server = await start(pushing());
    const token = await server.issueToken("eve");
    const good = service.subscription("eve");
    const put = async (body: unknown, id = "d1") =>
      (await call(server, `PUT /v1/push/devices/${id}`, { token, body })).json;
    expect(await put({ ...good, endpoint: "https://elsewhere.example/" })).toMatchObject({
      code: "command/malformed",
    });
    expect(await put({ ...good, keys: { ...good.keys, p256dh: "x" } })).toMatchObject({
      code: "command/malformed",
    });
    expect(await put(good, "a%20b")).toMatchObject({ code: "command/malformed" });
    expect((await call(server, "GET /v1/push/devices")).status).toBe(401);
    const silent = await start();
    const answer = await call(silent, "GET /v1/push", { token: await silent.issueToken("bob") });
    expect([answer.status, answer.json]).toMatchObject([404, { code: "command/unsupported" }]);
  });

  it("pushes once, whichever of several nodes has taken the message", async () => {
    const dataFile = temporaryFile("nodes.db");
    const listeners: ((events: readonly BusEvent[]) => void)[] = [];
    const shared = (): Bus => ({
      publish: (events) => listeners.forEach((listener) => listener(events)),
      listen: (listener) => void listeners.push(listener),
      close: () => Promise.resolve(),
    });
    const nodes = [
      await start({ dataFile, bus: shared(), ...pushing(), secret: "s".repeat(32) }),
      await start({ dataFile, bus: shared(), ...pushing(), secret: "s".repeat(32) }),
    ];
    const [one, other] = nodes;
    if (!one || !other) throw new Error("no nodes");
    await meet(one, "ada", "bob");
    const deviceId = await phone(one);
    await said(one, "by one");
    await pushesTo(deviceId, 1);
    await said(other, "by the other");
    await pushesTo(deviceId, 2);
    await Promise.all(nodes.map((node) => node.close())); // each has told what it had to
    const texts = (await pushesTo(deviceId, 2)).map(({ payload }) => Object(payload).text);
    expect(texts).toEqual(["by one", "by the other"]);
  });

  it("refuses options that do not make sense", async () => {
    for (const push of [{}, { vapid: { ...vapid, subject: "ops" } }, { vapid, graceMs: -1 }])
      await expect(createServer({ port: 0, push })).rejects.toMatchObject({ code: "client/misused" });
  });
});
