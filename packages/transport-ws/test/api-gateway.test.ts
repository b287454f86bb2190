import { readFileSync } from "node:fs";
import { createClient } from "@tidings/core";
import { transportConformance, virtualClock } from "@tidings/core/testing";
import { createServer } from "@tidings/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { apiGateway, type ApiGatewayOptions } from "../src/api-gateway.ts";
import { webSocketTransport } from "../src/web-socket-transport.ts";
import { type Bridge, bridgeTo } from "./gateway/bridge.ts";
import { type ServedGateway, serveGateway } from "./gateway/serve-gateway.ts";
import { closedReason, dial, type Dialled, outcome, say, until } from "./harness.ts";
import { type Front, serverBench } from "./server-bench.ts";

const MINUTE_MS = 60_000;

async function frontOf(server: string): Promise<Front> {
  const bridge = bridgeTo(server, () => gateway.endpoint);
  const gateway = await serveGateway({ routes: bridge.routes });
  return {
    port: Number(new URL(gateway.url).port),
    transport: (url) =>
      webSocketTransport({ url: `${url}/test`, WebSocket, apiGateway: apiGateway({ search: true }) }),
    close: () => gateway.close(),
  };
}

describe("webSocketTransport, with apiGateway", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  transportConformance({
    ...{ describe, it, create: () => serverBench({ frontOf }) },
    report(table) {
      const [summary = ""] = table.split("\n");
      if (!readme.includes(summary)) throw new Error(`README.md should say "${summary}"`);
    },
    name: "webSocketTransport through an API Gateway",
    supports: {
      pipelining: false,
      signals: true,
      receipts: true,
      search: true,
      tokens: true,
      farewells: false,
    },
  });
});

describe("behind an API Gateway", () => {
  const clock = virtualClock(0, () => new Promise((resolve) => void setImmediate(resolve)));
  const tickets = new Set<string | undefined>();
  let server: Awaited<ReturnType<typeof createServer>>;
  let gateway: ServedGateway;
  let bridge: Bridge;

  beforeEach(async () => {
    server = await createServer({ port: 0 });
    tickets.clear();
    bridge = bridgeTo(
      server.url,
      () => gateway.endpoint,
      (ticket) => tickets.size === 0 || tickets.delete(ticket),
    );
    gateway = await serveGateway({ routes: bridge.routes, clock });
  });
  afterEach(async () => {
    await gateway.close();
    await server.close();
  });

  const enter = async (options: ApiGatewayOptions = {}): Promise<Dialled> =>
    dial(gateway.url, {
      apiGateway: apiGateway({ clock, ...options }),
      token: await server.issueToken("ada"),
    });
  const routes = (): readonly string[] => bridge.heard.map(({ route }) => route);

  it("says all in objects with a route: what people do by one, all else by another", async () => {
    const link = await (await enter()).opened;
    await link.submit(say("hello"));
    await Promise.all([link.ping(), link.query({ type: "conversations", limit: 1 })]);
    expect(routes()).toEqual(["$default", "sendMessage", "$default"]);
    const bodies = bridge.heard.map(({ body }) => Object.keys(JSON.parse(body)));
    expect(bodies).toEqual(Array(3).fill(["action", "frames"]));
  });

  it("routes by another key, by other routes, where the API does", async () => {
    const link = await (await enter({ routeKey: "do", submitRoute: "say", otherRoute: "x" })).opened;
    await link.submit(say("hello"));
    expect(bridge.heard.map(({ body }) => JSON.parse(body).do)).toEqual(["x", "say"]);
  });

  it("is let in by a ticket, a new one for each connection", async () => {
    tickets.add("one & only").add("two").add("never used");
    const given = ["one & only", "two", "two"];
    const ticket = async (): Promise<string> => given.shift() ?? "";
    const link = await (await enter({ ticket })).opened;
    await (
      await enter({ ticket })
    ).opened;
    expect(await outcome((await enter({ ticket })).opened)).toBe("connection/failed");
    await link.ping();
  });

  it("refuses what the gateway would end the connection for, and goes on", async () => {
    const { opened, events } = await enter();
    const link = await opened;
    expect(events[0]).toMatchObject({ welcome: { policy: { limits: { frameBytes: 32_512 } } } });
    expect(await outcome(link.submit(say("x".repeat(32_500))))).toBe("protocol/too-large");
    await Promise.all(Array.from({ length: 9 }, () => link.submit(say("x".repeat(9_000)))));
    const bare = dial(gateway.url, { token: await server.issueToken("ada") });
    const ended = (await bare.opened).submit(say("x".repeat(9_000).repeat(4)));
    expect(await outcome(ended)).toBe("connection/lost");
    expect(await closedReason(bare)).toMatchObject({ code: "protocol/too-large" });
  });

  it("ends, to come back, at an error of the gateway's own, which says nothing of what took effect", async () => {
    const dialled = await enter();
    const link = await dialled.opened;
    bridge.failNext();
    expect(await outcome(link.submit(say("hello")))).toBe("connection/lost");
    expect(await closedReason(dialled)).toMatchObject({ code: "server/internal", retryable: true });
    const throttled = await enter();
    await throttled.opened;
    const complaint = { message: "Too Many Requests", connectionId: "c", requestId: "r" };
    for (const connection of gateway.connections.values()) connection.send(JSON.stringify(complaint));
    expect(await closedReason(throttled)).toMatchObject({ code: "server/full", retryable: true });
  });

  it("takes words of people for what they are, whatever they say", async () => {
    const link = await (await enter()).opened;
    const text = '{"message":"Forbidden","requestId":"r"}';
    const { changes } = await link.submit(say(text));
    expect(changes).toMatchObject([{ record: { content: { text } } }]);
  });

  it("is kept alive by a heartbeat more frequent than the gateway is patient", async () => {
    const dialled = await enter();
    const link = await dialled.opened;
    const { events } = dialled;
    const [first] = events;
    const heartbeatMs = first?.type === "welcome" ? first.welcome.policy.heartbeatMs : Infinity;
    expect(heartbeatMs).toBeLessThanOrEqual(4 * MINUTE_MS);
    for (let time = 0; time < 20 * MINUTE_MS; time += 4 * MINUTE_MS) {
      await clock.advance(4 * MINUTE_MS);
      await link.ping();
    }
    await clock.advance(10 * MINUTE_MS);
    expect(await closedReason(dialled)).toMatchObject({ code: "server/draining" });
  });

  it("gives its socket up before the gateway does, after nearly two hours, to come back", async () => {
    const dialled = await enter({ random: { next: () => 0.5, fill: (bytes) => bytes } });
    const link = await dialled.opened;
    for (let time = 0; time < 108 * MINUTE_MS; time += 4 * MINUTE_MS) {
      await clock.advance(4 * MINUTE_MS);
      await link.ping();
    }
    await clock.advance(0.89 * MINUTE_MS);
    await link.ping();
    await clock.advance(0.02 * MINUTE_MS);
    expect(await closedReason(dialled)).toMatchObject({ code: "server/draining", retryable: true });
    await until(() => expect(gateway.connections.size).toBe(0));
    expect(clock.timers).toBe(0);
  });

  it("[D2][D7] hands over to a new socket again and again, and each message arrives once and in order", async () => {
    const lives = virtualClock();
    const client = createClient({
      transport: webSocketTransport({
        ...{ url: gateway.url, WebSocket },
        apiGateway: apiGateway({ clock: lives }),
      }),
      auth: () => server.issueToken("ada"),
      backoff: { baseMs: 1, maxMs: 20 },
      logger: () => {},
    });
    const hellos = (): number => bridge.heard.filter(({ body }) => body.includes('"hello"')).length;
    await client.connect();
    const room = client.conversation("general");
    const sent = [];
    for (const text of ["one", "two", "three", "four", "five", "six"]) {
      const before = hellos();
      sent.push(await room.send(text)); // it is on its way, and unanswered
      await lives.advance(110 * MINUTE_MS);
      await until(() => expect(hellos()).toBeGreaterThan(before));
    }
    await Promise.all(sent.map((message) => message.settled()));
    await client.close();
    const link = await (await enter()).opened;
    const { messages } = await link.query({ type: "history", conversationId: "general", limit: 10 });
    expect(messages.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
  });

  it("is ended by the gateway after two hours, where it stays", async () => {
    const dialled = await enter({ socketLifeMs: 200 * MINUTE_MS });
    const link = await dialled.opened;
    for (let time = 0; time < 116 * MINUTE_MS; time += 4 * MINUTE_MS) {
      await clock.advance(4 * MINUTE_MS);
      await link.ping();
    }
    await clock.advance(4 * MINUTE_MS);
    expect(await closedReason(dialled)).toMatchObject({ code: "server/draining" });
  });

  it("leaves a connection that is gone to `@connections` as Gone", async () => {
    const at = (id: string): string => `${gateway.endpoint}/@connections/${id}`;
    const { opened } = await enter();
    const link = await opened;
    const [id = ""] = gateway.connections.keys();
    expect((await fetch(at(id))).status).toBe(200);
    expect((await fetch(at(id), { method: "POST", body: "x".repeat(131_073) })).status).toBe(413);
    link.close();
    await until(() => expect(gateway.connections.size).toBe(0));
    expect((await fetch(at(id), { method: "POST", body: "[]" })).status).toBe(410);
  });
});
