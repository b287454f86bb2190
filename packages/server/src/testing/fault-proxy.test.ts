import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { seededRandom, virtualClock } from "@tidings/core/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createFaultProxy, type FaultProxy, type FaultProxyOptions } from "./fault-proxy.ts";

/** A plain TCP server, the proxy in front of it, and one client through it. */
async function setUp(options: Omit<FaultProxyOptions, "target"> = {}) {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    accepted.push(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const proxy = await createFaultProxy({ target: { port: portOf(server) }, ...options });
  const client = dial(proxy);
  undo.push(async () => {
    await proxy.close();
    for (const socket of [client, ...accepted]) socket.destroy();
    server.close();
  });
  const peer = await until(() => {
    const [first] = accepted;
    if (first === undefined) throw new Error("no connection yet");
    return first;
  });
  return { server, proxy, client: recorded(client), peer: recorded(peer) };
}

/** Waits for what real sockets take a moment to do. */
const until = <T>(holds: () => T): Promise<T> => vi.waitFor(holds, { interval: 2, timeout: 5_000 });

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function dial(proxy: FaultProxy): Socket {
  const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true });
  socket.on("error", () => {});
  return socket;
}

/** A socket with all it has seen. */
function recorded(socket: Socket) {
  const seen = { text: "", ended: false, error: undefined as string | undefined, closed: false };
  socket.on("data", (bytes) => (seen.text += bytes.toString("latin1")));
  socket.on("end", () => (seen.ended = true));
  socket.on("error", (error) => (seen.error = "code" in error ? String(error.code) : error.message));
  socket.on("close", () => (seen.closed = true));
  return { socket, seen };
}

/** Waits until the proxy has taken so many bytes from the sender. */
const taken = (proxy: FaultProxy, direction: "up" | "down", bytes: number) =>
  until(() => expect(proxy.traffic(direction).accepted).toBe(bytes));

describe("createFaultProxy", () => {
  it("passes bytes both ways unchanged while there are no faults", async () => {
    const { client, peer, proxy } = await setUp();
    const large = "x".repeat(3_000_000);
    client.socket.write("hello");
    await until(() => expect(peer.seen.text).toBe("hello"));
    peer.socket.write(large);
    await until(() => expect(client.seen.text.length).toBe(large.length));
    expect(client.seen.text).toBe(large);
    expect(proxy.traffic("up")).toEqual({ accepted: 5, delivered: 5 });
    expect(proxy.url).toBe(`ws://127.0.0.1:${proxy.port}`);
  });

  it("delays each direction by its own latency", async () => {
    const clock = virtualClock();
    const { client, peer, proxy } = await setUp({ clock });
    proxy.set({ latencyMs: 50 });
    proxy.set({ latencyMs: 200 }, "down");
    client.socket.write("up");
    peer.socket.write("down");
    await Promise.all([taken(proxy, "up", 2), taken(proxy, "down", 4)]);
    await clock.advance(49);
    expect(proxy.traffic("up").delivered).toBe(0);
    await clock.advance(1);
    await until(() => expect(peer.seen.text).toBe("up"));
    await clock.advance(149);
    expect(proxy.traffic("down").delivered).toBe(0);
    await clock.advance(1);
    await until(() => expect(client.seen.text).toBe("down"));
  });

  it("keeps the order of bytes under jitter", async () => {
    const clock = virtualClock();
    const { client, peer, proxy } = await setUp({ clock, random: seededRandom(7) });
    proxy.set({ latencyMs: 5, jitterMs: 500 });
    let sent = "";
    for (let n = 0; n < 50; n += 1) {
      client.socket.write(`${n},`);
      sent += `${n},`;
      await taken(proxy, "up", sent.length);
    }
    await clock.advance(4);
    expect(proxy.traffic("up").delivered).toBe(0);
    await clock.advance(501);
    await until(() => expect(peer.seen.text).toBe(sent));
  });

  it("throttles to the bytes per second it was given", async () => {
    const clock = virtualClock();
    const { peer, proxy } = await setUp({ clock });
    proxy.set({ bytesPerSecond: 1_000 }, "down");
    peer.socket.write("x".repeat(2_000));
    await taken(proxy, "down", 2_000);
    for (const seconds of [1, 2]) {
      await clock.advance(500);
      expect(proxy.traffic("down").delivered).toBe(seconds * 1_000 - 500);
      await clock.advance(500);
      expect(proxy.traffic("down").delivered).toBe(seconds * 1_000);
    }
  });

  it("makes the sender wait once the line holds a megabyte, and go on when it is free", async () => {
    const LARGE = 20_000_000; // more than the kernel's buffers hold
    const { client, proxy } = await setUp();
    proxy.set({ blackHole: true }, "up");
    client.socket.write(Buffer.alloc(LARGE));
    await until(() => expect(proxy.traffic("up").accepted).toBeGreaterThanOrEqual(1_048_576));
    const before = proxy.traffic("up").accepted;
    await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.traffic("up")).toEqual({ accepted: before, delivered: 0 });
    expect(before).toBeLessThan(2_000_000);
    expect(client.socket.writableNeedDrain).toBe(true);
    proxy.heal();
    await until(() => expect(proxy.traffic("up").delivered).toBe(LARGE));
  });

  it("swallows one direction as a black hole, then delivers what it held", async () => {
    const { client, peer, proxy } = await setUp();
    proxy.set({ blackHole: true }, "up");
    client.socket.write("lost?");
    peer.socket.write("still here");
    await taken(proxy, "up", 5);
    await until(() => expect(client.seen.text).toBe("still here"));
    expect(peer.seen.text).toBe("");
    expect(client.seen.closed).toBe(false);
    proxy.heal();
    await until(() => expect(peer.seen.text).toBe("lost?"));
  });

  it("hides the end of a connection behind a black hole", async () => {
    const { client, peer, proxy } = await setUp();
    proxy.set({ blackHole: true });
    client.socket.resetAndDestroy();
    await until(() => expect(client.seen.closed).toBe(true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(peer.seen).toMatchObject({ ended: false, closed: false });
    proxy.heal();
    await until(() => expect(peer.seen.closed).toBe(true));
    await until(() => expect(proxy.connections).toBe(0));
  });

  it("resets both sides", async () => {
    const { client, peer, proxy } = await setUp();
    proxy.reset();
    await until(() => expect([client.seen.error, peer.seen.error]).toEqual(["ECONNRESET", "ECONNRESET"]));
    expect(proxy.connections).toBe(0);
  });

  it("passes a reset of one side on to the other", async () => {
    const { client, peer } = await setUp();
    peer.socket.resetAndDestroy();
    await until(() => expect(client.seen.error).toBe("ECONNRESET"));
  });

  it("passes a reset on after a half-close", async () => {
    const { client, peer } = await setUp();
    client.socket.end();
    await until(() => expect(peer.seen.ended).toBe(true));
    client.socket.resetAndDestroy();
    await until(() => {
      peer.socket.write("are you there?"); // nobody reads the client any more, so only writing finds out
      expect(peer.seen.error).toMatch(/ECONNRESET|EPIPE/);
    });
  });

  it("resets clients while the target refuses", async () => {
    const { proxy, server, client, peer } = await setUp();
    server.close();
    for (const { socket } of [client, peer]) socket.destroy();
    await once(server, "close");
    const late = recorded(dial(proxy));
    await until(() => expect(late.seen.error).toBe("ECONNRESET"));
  });

  it("refuses new connections and leaves open ones alone", async () => {
    const { client, peer, proxy } = await setUp();
    proxy.refuse();
    const refused = recorded(dial(proxy));
    await until(() => expect(refused.seen.error).toBe("ECONNRESET"));
    client.socket.write("me?");
    await until(() => expect(peer.seen.text).toBe("me?"));
    expect({ open: proxy.connections, attempts: proxy.attempts }).toEqual({ open: 1, attempts: 2 });
    proxy.refuse(false);
    const welcome = dial(proxy);
    undo.push(async () => void welcome.destroy());
    await until(() => expect(proxy.connections).toBe(2));
  });

  it("resets a connection that is just saying goodbye, and is closed then", async () => {
    const { client, peer, proxy } = await setUp();
    proxy.halfClose("down");
    proxy.halfClose("up");
    proxy.reset();
    await until(() => expect([client.seen.ended, peer.seen.ended]).toEqual([true, true]));
    await proxy.close();
  });

  it("passes a half-closed connection on, and makes one", async () => {
    const { client, peer, proxy } = await setUp();
    client.socket.end("last words");
    await until(() => expect(peer.seen).toMatchObject({ text: "last words", ended: true, closed: false }));
    peer.socket.write("answer");
    await until(() => expect(client.seen.text).toBe("answer"));
    proxy.halfClose("down");
    await until(() => expect(client.seen).toMatchObject({ ended: true, closed: true }));
  });

  it("cuts in mid-frame after exactly so many bytes", async () => {
    const { client, peer, proxy } = await setUp();
    proxy.cutAfter(7, "down");
    peer.socket.write("abcde");
    await until(() => expect(client.seen.text).toBe("abcde"));
    peer.socket.write("fghij");
    await until(() => expect(client.seen.ended).toBe(true));
    expect(client.seen.text).toBe("abcdefg");
    expect(proxy.connections).toBe(0);
  });

  it("cuts everything now, also what is under way", async () => {
    const clock = virtualClock();
    const { client, peer, proxy } = await setUp({ clock });
    proxy.set({ latencyMs: 100 });
    peer.socket.write("never");
    await taken(proxy, "down", 5);
    expect(clock.timers).toBe(1);
    proxy.cut();
    await until(() => expect([client.seen.ended, peer.seen.ended]).toEqual([true, true]));
    expect(client.seen.text).toBe("");
    expect(clock.timers).toBe(0);
  });

  it("leaves no socket, timer or port behind", async () => {
    const clock = virtualClock();
    const { client, peer, proxy } = await setUp({ clock });
    proxy.set({ latencyMs: 100 });
    client.socket.write("x");
    await taken(proxy, "up", 1);
    await Promise.all([proxy.close(), proxy.close()]);
    expect({ timers: clock.timers, connections: proxy.connections }).toEqual({ timers: 0, connections: 0 });
    const late = recorded(dial(proxy));
    await until(() => expect(late.seen.error).toBe("ECONNREFUSED"));
    await until(() => expect([client.seen.ended, peer.seen.ended]).toEqual([true, true]));
  });
});
