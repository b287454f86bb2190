import { getEventListeners, once } from "node:events";
import { createServer } from "node:http";
import { MessagingError } from "@tidings/core/errors";
import { PROTOCOL_VERSION, type ServerFrame } from "@tidings/core/protocol";
import { virtualClock } from "@tidings/core/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { webSocketTransport } from "../src/web-socket-transport.ts";
import { dial, expectDetached, outcome, serve, serveBehindProxy, TOKEN, turn, until } from "./harness.ts";
import { golden, welcome } from "./scripted-server.ts";

afterEach(() => vi.unstubAllGlobals());

describe("the handshake", () => {
  it("says hello first, with the token in the frame and not in the address", async () => {
    const addresses: (string | undefined)[] = [];
    const server = await serve();
    const { opened, sockets } = dial(server.url);
    addresses.push(sockets[0]?.url);
    await opened;
    expect(server.peers[0]?.frames).toEqual([
      { type: "hello", version: PROTOCOL_VERSION, clientId: "c1", token: TOKEN },
    ]);
    expect(addresses.join()).not.toContain(TOKEN);
  });

  it("says no token if there is none", async () => {
    const server = await serve();
    const transport = webSocketTransport({ url: server.url, WebSocket });
    const request = { token: undefined, clientId: "c1", receive: () => {} };
    const link = await transport.open(request, new AbortController().signal);
    expect(server.peers[0]?.messages).toEqual([
      JSON.stringify({ type: "hello", version: PROTOCOL_VERSION, clientId: "c1" }),
    ]);
    link.close();
  });

  it("delivers welcome, with all that came with it, before it resolves", async () => {
    const frame = golden("welcome");
    const change = golden("change.message.send");
    const server = await serve({ hello: (peer) => peer.send(frame, change) });
    const dialled = dial(server.url);
    let resolved = false;
    void dialled.opened.then(() => (resolved = true));
    await until(() => expect(dialled.events.length).toBe(2));
    expect(dialled.batches).toEqual([[frame, change]]);
    await until(() => expect(resolved).toBe(true));
  });

  it("declares that it pipelines, and carries signals and receipts", () => {
    const { supports } = webSocketTransport({ url: "ws://localhost", WebSocket });
    expect(supports).toEqual({ pipelining: true, signals: true, receipts: true, search: true });
  });

  it.each<[string, ServerFrame[] | string, number, string, boolean]>([
    ["an invalid token", [], 4401, "auth/invalid", false],
    ["no token", [], 4402, "auth/required", false],
    ["an expired token", [], 4419, "auth/expired", true],
    ["another version", [], 4406, "protocol/version", false],
    ["a full server", [], 4509, "server/full", true],
    ["a defect", [], 1011, "server/internal", true],
    ["a close that says nothing", [], 1000, "connection/failed", true],
    ["what closing said", [golden("closing")], 4401, "server/draining", true],
    ["a first frame that is no welcome", [golden("change.message.send")], 1000, "protocol/malformed", false],
    ["something that is not JSON", "hello yourself", 1000, "protocol/malformed", false],
  ])("fails with the right code after %s", async (_, frames, closeCode, code, retryable) => {
    const server = await serve({
      hello(peer) {
        if (typeof frames === "string") peer.socket.send(frames);
        else if (frames.length > 0) peer.send(...frames);
        peer.socket.close(closeCode);
      },
    });
    const { opened, events } = dial(server.url);
    await expect(opened).rejects.toMatchObject({ name: "MessagingError", code, retryable });
    expect(events).toEqual([]);
  });

  it("keeps the delay a closing frame asked for", async () => {
    const server = await serve({
      hello: (peer) => peer.send({ type: "closing", code: "server/full", retryAfterMs: 5_000 }),
    });
    await expect(dial(server.url).opened).rejects.toMatchObject({ code: "server/full", retryAfterMs: 5_000 });
    await until(() => expect(server.peers[0]?.closedWith).toBe(1000));
  });

  it("does not wait behind a closing frame for the server to close", async () => {
    const server = await serve({ hello: (peer) => peer.send(golden("closing")) });
    await expect(dial(server.url).opened).rejects.toMatchObject({ code: "server/draining" });
  });

  it.each(["nobody listens", "connections are refused", "the server behind is gone"])(
    "fails with connection/failed where %s",
    async (where) => {
      const { server, proxy } = await serveBehindProxy();
      if (where === "nobody listens") await proxy.close();
      if (where === "connections are refused") proxy.refuse();
      if (where === "the server behind is gone") await server.close();
      const { opened, events } = dial(proxy.url);
      await expect(opened).rejects.toMatchObject({ code: "connection/failed", retryable: true });
      await expect(opened).rejects.toThrow(/^unable to reach the server; .*(ECONN|hang up)/);
      expect(events).toEqual([]);
    },
  );

  it("fails with connection/failed where a web server answers, and says with what", async () => {
    const server = createServer((_, response) => response.writeHead(403).end());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    const { opened } = dial(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    await expect(opened).rejects.toMatchObject({ code: "connection/failed" });
    await expect(opened).rejects.toThrow("unable to reach the server; Unexpected server response: 403");
    server.close();
  });

  it("fails with connection/failed when it is cut in the middle of the welcome", async () => {
    const { server, proxy } = await serveBehindProxy({
      hello(peer) {
        proxy.cutAfter(20, "down");
        peer.send(welcome());
      },
    });
    await expect(dial(proxy.url).opened).rejects.toMatchObject({ code: "connection/failed" });
    expect(server.peers.length).toBe(1);
  });

  it("succeeds over a slow line", async () => {
    const { proxy } = await serveBehindProxy();
    proxy.set({ latencyMs: 20, jitterMs: 20, bytesPerSecond: 20_000 });
    const { opened, events } = dial(proxy.url);
    (await opened).close();
    expect(events.map(({ type }) => type)).toEqual(["welcome", "closed"]);
  });
});

describe("the handshake's timeout", () => {
  it.each<[string, (url: string) => Parameters<typeof dial>, boolean]>([
    ["an address that is never told", () => ["", { url: () => new Promise(() => {}) }], false],
    ["an upgrade that is never answered", (url) => [url], true],
  ])("ends %s, and leaves nothing behind", async (_, dialTo, blackHole) => {
    const clock = virtualClock();
    const { proxy } = await serveBehindProxy();
    proxy.set({ blackHole });
    const [url, options] = dialTo(proxy.url);
    const { opened, sockets } = dial(url, { ...options, clock, handshakeTimeoutMs: 7_000 });
    await clock.advance(6_999);
    expect(clock.timers).toBe(1);
    await clock.advance(1);
    await expect(opened).rejects.toMatchObject({ code: "connection/timeout", retryable: true });
    expect(clock.timers).toBe(0);
    expectDetached(sockets);
  });

  it("ends a welcome that never comes, and closes the socket", async () => {
    const clock = virtualClock();
    const server = await serve({ hello: () => {} });
    const { opened, sockets, events } = dial(server.url, { clock });
    await until(() => expect(server.peers[0]?.frames.length).toBe(1));
    await clock.advance(10_000);
    await expect(opened).rejects.toThrow("unable to connect; no welcome within 10000 ms");
    await until(() => expect(server.peers[0]?.closedWith).toBe(1000));
    expectDetached(sockets);
    expect(events).toEqual([]);
  });

  it("is over once the link is open", async () => {
    const clock = virtualClock();
    const server = await serve();
    const { opened, controller } = dial(server.url, { clock });
    const link = await opened;
    expect(clock.timers).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    link.close();
  });

  it("leaves no timer after a failure either", async () => {
    const clock = virtualClock();
    const server = await serve({ hello: (peer) => peer.socket.close(4401) });
    await outcome(dial(server.url, { clock }).opened);
    expect(clock.timers).toBe(0);
  });
});

describe("calling the handshake off", () => {
  it("asks for no address when it was called off before", async () => {
    const url = vi.fn<() => string>(() => "ws://localhost");
    const controller = new AbortController();
    controller.abort();
    const opening = webSocketTransport({ url, WebSocket }).open(
      { token: undefined, clientId: "c1", receive: () => {} },
      controller.signal,
    );
    await expect(opening).rejects.toMatchObject({ code: "connection/failed" });
    expect(url).not.toHaveBeenCalled();
  });

  it("makes no socket when it is called off while the address is awaited", async () => {
    let tell: (url: string) => void = () => {};
    const { opened, sockets, controller } = dial("", {
      url: () => new Promise((resolve) => (tell = resolve)),
    });
    controller.abort();
    await expect(opened).rejects.toMatchObject({ code: "connection/failed" });
    tell("ws://localhost");
    await turn();
    expect(sockets).toEqual([]);
  });

  it("closes the socket when it is called off before the welcome", async () => {
    const clock = virtualClock();
    const server = await serve({ hello: () => {} });
    const { opened, sockets, controller, events } = dial(server.url, { clock });
    await until(() => expect(server.peers[0]?.frames.length).toBe(1));
    const why = new MessagingError("client/closed");
    controller.abort(why);
    await expect(opened).rejects.toBe(why);
    await until(() => expect(server.peers[0]?.closedWith).toBe(1000));
    expectDetached(sockets);
    expect({ events, timers: clock.timers }).toEqual({ events: [], timers: 0 });
  });

  it("closes a socket that is still connecting", async () => {
    const { server, proxy } = await serveBehindProxy();
    proxy.set({ blackHole: true });
    const { opened, sockets, controller } = dial(proxy.url);
    await until(() => expect(proxy.connections).toBe(1));
    controller.abort();
    await expect(opened).rejects.toMatchObject({ code: "connection/failed" });
    await until(() => expect(sockets[0]?.readyState).toBe(WebSocket.CLOSED));
    expect(server.peers).toEqual([]);
  });

  it.each<[string, (abort: () => void) => void]>([
    ["by who hears the welcome", (abort) => abort()],
    ["just before the link is handed over", (abort) => queueMicrotask(abort)],
  ])("closes the link when it is called off %s", async (_, when) => {
    const server = await serve();
    const dialled = dial(server.url, { onEvents: () => when(() => dialled.controller.abort()) });
    await expect(dialled.opened).rejects.toMatchObject({ code: "connection/failed" });
    expect(dialled.events.map(({ type }) => type)).toEqual(["welcome", "closed"]);
    await until(() => expect(server.peers[0]?.closedWith).toBe(1000));
  });

  it("is deaf once the link is open", async () => {
    const server = await serve();
    const { opened, controller, events } = dial(server.url);
    const link = await opened;
    controller.abort();
    await link.ping();
    expect(events.map(({ type }) => type)).toEqual(["welcome"]);
  });
});

describe("the address", () => {
  it("may be a function, asked anew for each link", async () => {
    const server = await serve();
    const url = vi.fn<() => Promise<string>>(async () => server.url.replace("ws:", "http:"));
    const transport = webSocketTransport({ url, WebSocket });
    for (let links = 1; links <= 2; links += 1) {
      const request = { token: TOKEN, clientId: "c1", receive: () => {} };
      (await transport.open(request, new AbortController().signal)).close();
      expect(url).toHaveBeenCalledTimes(links);
    }
  });

  it("is checked at once where it is given, and when it is told", async () => {
    expect(() => webSocketTransport({ url: "chat.example.com", WebSocket })).toThrow(
      expect.objectContaining({ code: "client/misused" }),
    );
    await expect(dial("", { url: () => "chat.example.com" }).opened).rejects.toMatchObject({
      code: "client/misused",
      retryable: false,
    });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no region");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no region"))],
  ])("fails with connection/failed when its function %s", async (_, url) => {
    const clock = virtualClock();
    const { opened } = dial("", { url, clock });
    await expect(opened).rejects.toMatchObject({
      code: "connection/failed",
      message: "unable to go on; no region",
    });
    expect(clock.timers).toBe(0);
  });

  it("is the app's mistake where the platform refuses it", async () => {
    class Refusing extends WebSocket {
      constructor() {
        super("ws://a b");
      }
    }
    const { opened } = dial("ws://localhost", { WebSocket: Refusing });
    await expect(opened).rejects.toMatchObject({ code: "client/misused", retryable: false });
  });
});

describe("the WebSocket class", () => {
  it("is told to be missing, and how to give one, when a link is opened", async () => {
    vi.stubGlobal("WebSocket", undefined);
    const transport = webSocketTransport({ url: "ws://localhost" });
    const opening = transport.open(
      { token: TOKEN, clientId: "c1", receive: () => {} },
      new AbortController().signal,
    );
    await expect(opening).rejects.toMatchObject({ code: "client/misused", retryable: false });
    await expect(opening).rejects.toThrow(/webSocketTransport\(\{ url, WebSocket \}\).*"ws"/);
  });

  it("is the platform's by default, as known when a link is opened", async () => {
    const server = await serve();
    const transport = webSocketTransport({ url: server.url });
    vi.stubGlobal("WebSocket", WebSocket);
    const link = await transport.open(
      { token: TOKEN, clientId: "c1", receive: () => {} },
      new AbortController().signal,
    );
    expect(await outcome(link.ping())).toBeUndefined();
    link.close();
  });

  it("fits that of browsers and that of ws by its type", () => {
    const browsers: () => unknown = () =>
      webSocketTransport({ url: "ws://localhost", WebSocket: globalThis.WebSocket });
    const packages = webSocketTransport({ url: "ws://localhost", WebSocket });
    expect([browsers, packages].length).toBe(2);
  });
});
