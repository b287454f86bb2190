import { type Clock, createClient, type Link, type LinkEvent, systemClock } from "@tidings/core";
import type { HistoryPage } from "@tidings/core/protocol";
import { createServer, type TidingsServer } from "@tidings/server";
import { createFaultProxy, type FaultProxy } from "@tidings/server/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  createCircuitBreaker,
  type Fetch,
  httpFallback,
  type HttpFallbackOptions,
} from "../src/http/index.ts";
import { webSocketTransport } from "../src/web-socket-transport.ts";
import { closedReason, mark, outcome, say, until } from "./harness.ts";
import { BlockedSocket, overHttp, SwallowedSocket } from "./http-bench.ts";

let server: TidingsServer;
let proxy: FaultProxy;
beforeAll(async () => {
  const rates = [{ name: "minute", scope: "user", tokens: 10_000, perMs: 60_000, burst: 10_000 }] as const;
  server = await createServer({ port: 0, policy: { rates } });
  proxy = await createFaultProxy({ target: { port: server.port } });
});
afterAll(async () => {
  await server.close();
  await proxy.close();
});

const links: Link[] = [];
afterEach(() => {
  proxy.heal();
  for (const link of links.splice(0)) link.close();
});

interface Entered {
  readonly link: Link;
  readonly events: LinkEvent[];
}

async function enter(options: HttpFallbackOptions = {}, at = server, url = at.url): Promise<Entered> {
  const events: LinkEvent[] = [];
  const request = { token: await at.issueToken("ada"), clientId: "c1" };
  const receive = (batch: readonly LinkEvent[]): void => void events.push(...batch);
  const link = await webSocketTransport(overHttp(url, options)).open(
    { ...request, receive },
    new AbortController().signal,
  );
  links.push(link);
  return { link, events };
}

const isPoll = (body: string): boolean => !body.split("\n", 1)[0]?.includes('"waitMs":0');

/** The platform's `fetch`, but some answers, of those that did come, get lost. */
function losing(isLost: (body: string) => boolean): Fetch {
  return async (url, init) => {
    const response = await globalThis.fetch(url, init);
    const text = await response.text();
    if (isLost(init.body)) throw new TypeError("the network is away");
    return { status: response.status, text: async () => text };
  };
}

/** True for every other of those that fit: none is lost twice in a row. */
function everyOther(fits: (body: string) => boolean): (body: string) => boolean {
  let count = 0;
  return (body) => fits(body) && (count += 1) % 2 === 1;
}

const said = ({ events }: Entered): readonly string[] =>
  events.flatMap((event) => {
    if (event.type !== "change" || event.change.record.type !== "message") return [];
    const { content } = event.change.record;
    return "text" in content ? [content.text] : [];
  });

/** What the server holds. */
async function enterAndAsk(): Promise<HistoryPage> {
  const { link } = await enter();
  return link.query({ type: "history", conversationId: "general", limit: 100 });
}

const texts = (count: number, name: string): string[] =>
  Array.from({ length: count }, (_, index) => `${name} ${index}`);

describe("a link over HTTP", () => {
  it("[D3, T7] says and hears everything once and in order though every other answer to a poll is lost", async () => {
    const [ada, ben] = [await enter({ fetch: losing(everyOther(isPoll)) }), await enter()];
    const lines = texts(20, "poll");
    for (const line of lines) await ben.link.submit(say(line));
    await until(() => expect(said(ada)).toContain(lines.at(-1)));
    expect(said(ada).filter((text) => text.startsWith("poll"))).toEqual(lines);
  });

  it("[D2, D7] says everything once and in order though every other answer to what it says is lost", async () => {
    const heard = await enter();
    const { link } = await enter({ fetch: losing(everyOther((body) => !isPoll(body))) });
    const lines = texts(20, "say");
    const acks = await Promise.all(lines.map((line) => link.submit(say(line))));
    expect(acks).toHaveLength(20);
    await until(() => expect(said(heard)).toContain(lines.at(-1)));
    expect(said(heard).filter((text) => text.startsWith("say"))).toEqual(lines);
  });

  it("hears once what is said to it again", async () => {
    let before: readonly string[] = [];
    const fetch: Fetch = async (url, init) => {
      const response = await globalThis.fetch(url, init);
      const text = await response.text();
      if (!isPoll(init.body)) return { status: response.status, text: async () => text };
      const [line = "", ...messages] = text.split("\n");
      const head: { readonly first: number } = JSON.parse(line);
      const again = [JSON.stringify({ ...head, first: head.first - before.length }), ...before, ...messages];
      before = messages;
      return { status: response.status, text: async () => again.join("\n") };
    };
    const [ada, ben] = [await enter({ fetch }), await enter()];
    const lines = texts(5, "once");
    for (const line of lines) await ben.link.submit(say(line));
    await until(() => expect(said(ada)).toContain(lines.at(-1)));
    expect(said(ada).filter((text) => text.startsWith("once"))).toEqual(lines);
  });

  it("opens once though the answer to its hello is lost", async () => {
    const brief = await createServer({ port: 0 });
    const fetch = losing(everyOther((body) => body.includes('"opens"')));
    const { link, events } = await enter({ fetch }, brief);
    await link.ping();
    expect(events.filter(({ type }) => type === "welcome")).toHaveLength(1);
    expect(brief.connections).toBe(1);
    await brief.close();
  });

  it("outlives a connection that breaks, which a WebSocket does not", async () => {
    const { link, events } = await enter({}, server, proxy.url);
    await link.ping();
    proxy.reset();
    await link.submit(say("after the break"));
    expect(events.some(({ type }) => type === "closed")).toBe(false);
  });

  it("[T12] is lost when the network stays away, and its breaker tells", async () => {
    const breaker = createCircuitBreaker({ mostFailures: 2 });
    const entered = await enter({ breaker }, server, proxy.url);
    proxy.refuse();
    proxy.reset();
    expect(await closedReason({ events: entered.events })).toMatchObject({ code: "connection/lost" });
    expect(breaker.state.get().name).toBe("open");
    const opened = enter({ breaker }, server, proxy.url);
    expect(await opened.catch((error: unknown) => error)).toMatchObject({
      code: "connection/failed",
      retryAfterMs: expect.any(Number),
    });
  });

  it("[T19] takes a page of somebody in between for no answer, and ends if it stays", async () => {
    let isCaptive = false;
    const fetch: Fetch = async (url, init) => {
      const response = await globalThis.fetch(url, init);
      const text = await response.text();
      return {
        status: response.status,
        text: async () => (isCaptive ? "<html>Terms of the hotel</html>" : text),
      };
    };
    const { link, events } = await enter({ fetch });
    isCaptive = true;
    expect(await outcome(link.submit(say("unheard")))).toBe("connection/lost");
    expect(await closedReason({ events })).toMatchObject({ code: "connection/lost", retryable: true });
  });

  it("[D4] ends where messages of the server are missing, rather than count on", async () => {
    let isTorn = false;
    const fetch: Fetch = async (url, init) => {
      const response = await globalThis.fetch(url, init);
      const text = await response.text();
      const torn = text.replace(/"first":(\d+)/, (_, first: string) => `"first":${Number(first) + 1}`);
      return { status: response.status, text: async () => (isTorn && text.includes("\n") ? torn : text) };
    };
    const { link, events } = await enter({ fetch });
    isTorn = true;
    expect(await outcome(link.ping())).toBe("connection/lost");
    expect(await closedReason({ events })).toMatchObject({ code: "protocol/malformed" });
  });

  it("[D7, D9] ends with the code that parks what is too large for something on the way", async () => {
    const fetch: Fetch = (url, init) =>
      init.body.includes("too much")
        ? Promise.resolve({ status: 413, text: async () => "<html>413</html>" })
        : globalThis.fetch(url, init);
    const { link, events } = await enter({ fetch });
    expect(await outcome(link.submit(say("too much")))).toBe("connection/lost");
    expect(await closedReason({ events })).toMatchObject({ code: "protocol/too-large" });
  });

  it("slows down when it is told to, for as long as it is told, and goes on", async () => {
    let refusals = 2;
    const delays: number[] = [];
    const clock: Clock = {
      now: systemClock.now,
      after(delayMs, task) {
        delays.push(delayMs);
        return systemClock.after(delayMs, task);
      },
    };
    const fetch: Fetch = (url, init) => {
      if (isPoll(init.body) || refusals-- <= 0) return globalThis.fetch(url, init);
      const problem = {
        code: "protocol/busy",
        detail: "unable to accept so many requests",
        retryAfterMs: 301,
      };
      return Promise.resolve({ status: 429, text: async () => JSON.stringify(problem) });
    };
    const { link } = await enter({ fetch, clock });
    await link.submit(say("patience"));
    expect(refusals).toBeLessThan(0);
    expect(delays.filter((delayMs) => delayMs === 301)).toHaveLength(2);
  });

  it("keeps the token in the body of its first request, and out of every address and header", async () => {
    const calls: { readonly url: string; readonly init: Parameters<Fetch>[1] }[] = [];
    const fetch: Fetch = (url, init) => {
      calls.push({ url, init });
      return globalThis.fetch(url, init);
    };
    const { link } = await enter({ fetch });
    await link.submit(mark());
    const withToken = calls.filter(({ init }) => init.body.includes("eyJ"));
    expect(withToken.map(({ init }) => init.body.includes('"opens":true'))).toEqual([true]);
    for (const { url, init } of calls) {
      expect(url).toMatch(/\/link\/[\da-f]{32}$/);
      expect(init.headers).toEqual({ "content-type": "text/plain" });
      const { key } = JSON.parse(init.body.split("\n", 1)[0] ?? "");
      expect(url).not.toContain(key);
    }
  });

  it("says good-bye with what was not said yet", async () => {
    const brief = await createServer({ port: 0 });
    const heard = await enter({}, brief);
    const { link } = await enter({}, brief);
    void link.submit(say("last words")).catch(() => {});
    link.close();
    await until(() => expect(said(heard)).toContain("last words"));
    await until(() => expect(brief.connections).toBe(1));
    await brief.close();
  });

  it("ends with the server's reason, and when to come back, when that drains; without a server, it is lost", async () => {
    const brief = await createServer({ port: 0 });
    const { events } = await enter({}, brief);
    const { port } = brief;
    await brief.close();
    const reason = await closedReason({ events });
    expect(reason).toMatchObject({ code: "server/draining", retryAfterMs: expect.any(Number) });
    const successor = await createServer({ port });
    const { link } = await enter({}, successor);
    await link.ping();
    await successor.close();
  });

  it("ends with what the server's number stands for, where nothing before it said why", async () => {
    let isEnding = false;
    const fetch: Fetch = async (url, init) => {
      const response = await globalThis.fetch(url, init);
      const text = await response.text();
      const ended = text.replace("}", ',"closed":4508}');
      return { status: response.status, text: async () => (isEnding ? ended : text) };
    };
    const { link, events } = await enter({ fetch });
    isEnding = true;
    expect(await outcome(link.ping())).toBe("connection/lost");
    expect(await closedReason({ events })).toMatchObject({ code: "connection/slow" });
  });

  it("is lost when the server does not know it any more, as after a crash", async () => {
    const fetch: Fetch = (url, init) =>
      globalThis.fetch(init.body.includes('"opens"') ? url : url.replace(/link\/../, "link/00"), init);
    const { events } = await enter({ fetch });
    expect(await closedReason({ events })).toMatchObject({ code: "connection/lost", retryable: true });
  });
});

describe("a client with the fallback", () => {
  /** Sockets that open, or do not. */
  let isBlocked = false;
  let opened = 0;
  class Fickle extends WebSocket {
    constructor(url: string) {
      super(isBlocked ? `ws://127.0.0.1:1` : url);
      this.on("open", () => void (opened += 1));
    }
  }
  const backoff = { baseMs: 2, maxMs: 10 };

  const start = (given: HttpFallbackOptions, socket: typeof Fickle | typeof SwallowedSocket = Fickle) => {
    const fallback = httpFallback(given);
    const transport = webSocketTransport({ url: server.url, WebSocket: socket, fallback });
    const client = createClient({
      transport,
      auth: () => server.issueToken("cleo"),
      backoff,
      logger: () => {},
    });
    return { client, fallback };
  };

  it("[D1, D2] gets through where sockets are refused, and goes back, losing nothing, once they open", async () => {
    isBlocked = true;
    const { client, fallback } = start({ probeMs: 40 });
    const ways: string[] = [];
    fallback.way.subscribe((way) => ways.push(way));
    await client.connect();
    const room = client.conversation("general");
    await (await room.send("by letter")).settled();
    expect(fallback.way.get()).toBe("http");
    isBlocked = false;
    opened = 0;
    const sent = [];
    for (const text of texts(30, "over")) sent.push(await room.send(text));
    await Promise.all(sent.map((message) => message.settled()));
    await until(() => expect(fallback.way.get()).toBe("socket"));
    await until(() => expect(opened).toBe(2)); // the one that was tried, and the link
    await until(() => expect(client.connection.get().name).toBe("online"));
    await (await room.send("by wire")).settled();
    expect(ways).toEqual(["http", "socket"]);
    const { messages } = await enterAndAsk();
    const shown = messages.map(({ content }) => ("text" in content ? content.text : ""));
    expect(shown.filter((text) => text.startsWith("over"))).toEqual(texts(30, "over"));
    await client.close();
  });

  it("gets through where sockets are swallowed without a word", async () => {
    const { client, fallback } = start({ socketTimeoutMs: 20, probeMs: Infinity }, SwallowedSocket);
    await client.connect();
    expect(fallback.way.get()).toBe("http");
    await client.close();
  });

  it("uses HTTP at once where the platform has no WebSocket", async () => {
    const { WebSocket: platform } = globalThis;
    Reflect.deleteProperty(globalThis, "WebSocket");
    const fallback = httpFallback({ mostFailures: 1 });
    const transport = webSocketTransport({ url: server.url, fallback });
    const request = { token: await server.issueToken("ada"), clientId: "c1", receive: () => {} };
    const link = await transport.open(request, new AbortController().signal);
    await link.ping();
    link.close();
    expect(fallback.way.get()).toBe("http");
    if (platform) globalThis.WebSocket = platform;
  });

  it("takes a refusal for proof that sockets get through", async () => {
    isBlocked = false;
    const fallback = httpFallback({ mostFailures: 1 });
    const transport = webSocketTransport({ url: server.url, WebSocket: Fickle, fallback });
    const request = { token: "forged", clientId: "c1", receive: () => {} };
    expect(await outcome(transport.open(request, new AbortController().signal))).toBe("auth/invalid");
    expect(fallback.way.get()).toBe("socket");
  });

  it("takes turns while nothing gets through, and counts nothing that was called off", async () => {
    const fallback = httpFallback({ mostFailures: 1, fetch: () => Promise.reject(new TypeError("away")) });
    const transport = webSocketTransport({ url: server.url, WebSocket: BlockedSocket, fallback });
    const request = { token: "any", clientId: "c1", receive: () => {} };
    const ways: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      ways.push(fallback.way.get());
      expect(await outcome(transport.open(request, new AbortController().signal))).toBe("connection/failed");
    }
    expect(ways).toEqual(["socket", "http", "socket", "http"]);
    expect(await outcome(transport.open(request, AbortSignal.abort("off")))).toBeDefined();
    expect(fallback.way.get()).toBe("socket");
  });
});
