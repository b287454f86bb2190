import { defaultPolicy, MOST_HEADS, PROTOCOL_VERSION } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { openLibsqlStore } from "../../src/store/index.ts";
import { EngineBench, sendFrame } from "../support/engine-bench.ts";

const SECOND_MS = 1_000;

describe("the life of a link", () => {
  it("ends without a hello in time", async () => {
    const bench = await EngineBench.open();
    const link = bench.connect();
    await bench.clock.advance(9 * SECOND_MS);
    expect(link.ended).toBeUndefined();
    await bench.clock.advance(2 * SECOND_MS);
    expect(link.ended).toBe("connection/timeout");
    expect(link.all("closing")).toMatchObject([{ code: "connection/timeout" }]);
  });

  it("is given longer for its welcome: that the server is late is not the client's fault", async () => {
    const store = Object.assign(openLibsqlStore(), { memberships: () => new Promise<never>(() => {}) });
    const bench = await EngineBench.open({ store });
    const link = bench.connect();
    await bench.send(link, { type: "hello", version: PROTOCOL_VERSION, token: "ada", clientId: "a" });
    await bench.clock.advance(29 * SECOND_MS);
    expect(link.ended).toBeUndefined();
    await bench.clock.advance(2 * SECOND_MS);
    expect(link.all("closing")).toMatchObject([
      { code: "connection/timeout", message: expect.stringContaining("welcome") },
    ]);
  });

  it("begins with a hello: nothing else comes first", async () => {
    const bench = await EngineBench.open();
    const link = bench.connect();
    await bench.send(link, { type: "ping", n: 1, seen: 0 });
    expect(link.ended).toBe("protocol/hello");
  });

  it("takes the same hello again, and no other", async () => {
    const bench = await EngineBench.open();
    const link = bench.connect();
    const hello = { type: "hello", version: PROTOCOL_VERSION, token: "ada", clientId: "a" } as const;
    await bench.send(link, hello, hello);
    expect(link.all("welcome")).toHaveLength(1);
    await bench.send(link, { ...hello, clientId: "b" });
    expect(link.ended).toBe("protocol/hello");
  });

  it("is refused with a token nobody accepts", async () => {
    const bench = await EngineBench.open();
    const link = await bench.join("nobody");
    expect(link.ended).toBe("auth/invalid");
    expect(link.all("welcome")).toEqual([]);
  });

  it("goes on as long as pings come, and ends after two and a half heartbeats without", async () => {
    const bench = await EngineBench.open();
    const link = await bench.join("ada");
    for (let n = 1; n <= 10; n += 1) {
      await bench.clock.advance(defaultPolicy.heartbeatMs);
      await bench.send(link, { type: "ping", n, seen: n - 1 });
    }
    expect(link.ended).toBeUndefined();
    await bench.clock.advance(2 * defaultPolicy.heartbeatMs);
    expect(link.ended).toBeUndefined();
    await bench.clock.advance(defaultPolicy.heartbeatMs);
    expect(link.ended).toBe("connection/timeout");
  });

  it("outlives its token for a moment, then ends as expired, not as invalid", async () => {
    const bench = await EngineBench.open();
    const link = await bench.join(`ada until ${bench.clock.now() + 20 * SECOND_MS}`);
    expect(link.all("welcome")).toMatchObject([{ welcome: { tokenExpiresInMs: 20 * SECOND_MS } }]);
    await bench.clock.advance(29 * SECOND_MS);
    expect(link.ended).toBeUndefined();
    await bench.clock.advance(2 * SECOND_MS);
    expect(link.ended).toBe("auth/expired");
  });

  it("goes on with a renewed token, of the same user only", async () => {
    const bench = await EngineBench.open();
    const start = bench.clock.now();
    const link = await bench.join(`ada until ${start + 20 * SECOND_MS}`);
    link.take();
    await bench.send(
      link,
      { type: "refresh", id: 1, token: `bob until ${start + 90 * SECOND_MS}` },
      { type: "refresh", id: 2, token: "nobody" },
      { type: "refresh", id: 3, token: `ada until ${start + 60 * SECOND_MS}` },
    );
    expect(link.take()).toMatchObject([
      { type: "reject", id: 1, code: "auth/invalid", retryable: false },
      { type: "reject", id: 2, code: "auth/invalid" },
      { type: "refreshed", id: 3, tokenExpiresInMs: 60 * SECOND_MS },
    ]);
    await bench.clock.advance(50 * SECOND_MS);
    expect(link.ended).toBeUndefined();
    await bench.clock.advance(21 * SECOND_MS);
    expect(link.ended).toBe("auth/expired");
  });

  it("[D9, M11] ends when it leaves too much unread", async () => {
    const bench = await EngineBench.open();
    const slow = await bench.join("ada");
    const bob = await bench.join("bob");
    slow.backlogBytes = 1_000_001;
    await bench.send(bob, sendFrame("general", "hi", 1));
    expect(slow.ended).toBe("connection/slow");
    expect(bob.ended).toBeUndefined();
  });

  it("[D9, M10] ends when it sends far more than it may, and is refused before", async () => {
    const bench = await EngineBench.open({ bounds: { frames: { perSecond: 10, burst: 5 } } });
    const link = await bench.join("ada");
    link.take();
    const frames = Array.from({ length: 6 }, (_, index) => sendFrame("general", "flood", index + 1));
    await bench.send(link, ...frames);
    expect(link.all("ack")).toHaveLength(4); // The hello took one.
    expect(link.all("reject")).toMatchObject([
      { code: "protocol/busy", retryable: true, retryAfterMs: 100, expected: 5 },
      { code: "command/out-of-order", expected: 5 },
    ]);
    for (let round = 0; round < 1_010; round += 1)
      await bench.send(link, { type: "ping", n: round, seen: 0 });
    expect(link.ended).toBe("protocol/busy");
  });

  it("[D9] has a few queries looked up at a time, in order, and gets every answer", async () => {
    const store = openLibsqlStore();
    let running = 0;
    let most = 0;
    const query = store.query.bind(store);
    store.query = async (readerId, asked) => {
      running += 1;
      most = Math.max(most, running);
      const answer = await query(readerId, asked);
      running -= 1;
      return answer;
    };
    const bench = await EngineBench.open({ store });
    const link = await bench.join("ada");
    const ids = Array.from({ length: 50 }, (_, index) => index + 1);
    await bench.send(
      link,
      ...ids.map(
        (id) => ({ type: "query", id, query: { type: "conversation", conversationId: "general" } }) as const,
      ),
    );
    expect(link.all("result").map(({ id }) => id)).toEqual(ids);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("[D9, M10] pays for what it makes the server show it", async () => {
    const bench = await EngineBench.open({ bounds: { frames: { perSecond: 1, burst: 12 } } });
    for (let index = 0; index < 100; index += 1) await bench.join(`user-${index}`);
    const link = await bench.join("ada");
    const watch = (...conversationIds: string[]) =>
      ({ type: "signal", signal: { type: "watch", conversationIds } }) as const;
    for (let round = 0; round < 6; round += 1) await bench.send(link, watch("general"), watch());
    expect(link.all("signal").length).toBeLessThan(400);
    expect(link.all("signal").length).toBeGreaterThanOrEqual(200);
  });

  it("[D9, M12] is one of a bounded number for its user", async () => {
    const bench = await EngineBench.open({ bounds: { linksPerUser: 2 } });
    await bench.join("ada", "1");
    const second = await bench.join("ada", "2");
    const third = await bench.join("ada", "3");
    expect([second.ended, third.ended]).toEqual([undefined, "server/full"]);
    await bench.leave(second);
    expect((await bench.join("ada", "4")).ended).toBeUndefined();
  });

  it("survives an engine that stops: what was submitted is answered, then it is told when to come back", async () => {
    const bench = await EngineBench.open();
    const link = await bench.join("ada");
    link.take();
    if (!link.session) throw new Error();
    bench.engine.receive(link.session, [sendFrame("general", "just in time", 1)]);
    const drained = bench.engine.drain(1_000);
    await bench.clock.advance(0);
    await drained;
    expect(link.frames).toMatchObject([
      { type: "ack" },
      { type: "closing", code: "server/draining", retryAfterMs: 500 },
    ]);
    expect(link.ended).toBe("server/draining");
  });

  it("is cut off when it does not close", async () => {
    const bench = await EngineBench.open();
    const link = await bench.join("ada");
    await bench.engine.drain(0);
    const emptied = bench.engine.empty(2_000);
    await bench.clock.advance(5_000);
    await emptied;
    expect(link.ended).toBe("cut");
  });

  it("keeps a defect to itself: the link ends, the engine goes on", async () => {
    const bench = await EngineBench.open();
    const link = await bench.join("ada");
    const bob = await bench.join("bob");
    const frame = {
      type: "signal",
      signal: { type: "typing", conversationId: "general", active: true },
    } as const;
    Object.defineProperty(frame, "signal", {
      get() {
        throw new Error("a defect");
      },
    });
    await bench.send(link, frame);
    expect([link.ended, bob.ended]).toEqual(["server/internal", undefined]);
    expect(bench.failures).toHaveLength(1);
  });
});

describe("heartbeats", () => {
  it("[D4] report the heads that moved since the pong the client has seen", async () => {
    const lobbies = ["a", "b"].map((id) => ({ conversationId: id, name: id, kind: "community" as const }));
    const bench = await EngineBench.open({ lobbies });
    const ada = await bench.join("ada");
    const bob = await bench.join("bob");
    const heads = async (n: number, seen: number): Promise<unknown> => {
      await bench.send(ada, { type: "ping", n, seen });
      return ada
        .all("pong")
        .find((pong) => pong.n === n)
        ?.heads.map(({ conversationId, rev }) => [conversationId, rev]);
    };
    expect(await heads(1, 0)).toEqual([
      ["a", 3],
      ["b", 3],
    ]); // Bob came in.
    expect(await heads(2, 1)).toEqual([]);
    await bench.send(bob, sendFrame("b", "1", 1));
    expect(await heads(3, 2)).toEqual([["b", 4]]);
    await bench.send(bob, sendFrame("a", "1", 1));
    expect(await heads(4, 2)).toEqual([
      ["b", 4],
      ["a", 4],
    ]); // The third pong was lost.
    expect(await heads(5, 4)).toEqual([]);
  });

  it("[D9, M13] spread more heads than fit into one over several", async () => {
    const bench = await EngineBench.open({
      lobbies: [],
      policy: { rates: [] },
      bounds: { frames: { perSecond: 1e6, burst: 1e6 } },
    });
    const link = await bench.join("ada");
    const commit = async (id: string): Promise<void> => {
      const { newId } = await import("../support/raw-client.ts");
      const command = {
        type: "conversation.create",
        commandId: newId(),
        at: 0,
        conversationId: id,
        kind: "group",
      } as const;
      await bench.send(link, { type: "submit", id: 1, lane: 1, command });
    };
    for (let index = 0; index < MOST_HEADS + 5; index += 1) await commit(`c${index}`);
    await bench.send(
      link,
      { type: "ping", n: 1, seen: 0 },
      { type: "ping", n: 2, seen: 1 },
      { type: "ping", n: 3, seen: 2 },
    );
    expect(link.all("pong").map(({ heads }) => heads.length)).toEqual([MOST_HEADS, 5, 0]);
  });
});
