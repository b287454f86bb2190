import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { NodeView } from "../src/bus/bus.ts";
import { Listener } from "../src/bus/redis/listener.ts";
import { openRedis } from "../src/bus/redis/redis-bus.ts";
import { type Connection, connect } from "../src/bus/redis/redis-link.ts";
import { Speaker } from "../src/bus/redis/speaker.ts";
import type { Clock } from "../src/engine/clock.ts";
import { createFaultProxy, type FaultProxy } from "../src/testing/index.ts";
import { hasRedis, type RedisService, startRedis } from "../src/testing/redis.ts";

/** Time goes by the hand, and everybody looks at it each time; what has arrived is read as ever. */
class HandClock implements Clock {
  #now = 0;
  readonly #tasks = new Set<() => void>();

  now(): number {
    return this.#now;
  }

  every(_periodMs: number, task: () => void): () => void {
    this.#tasks.add(task);
    return () => void this.#tasks.delete(task);
  }

  soon(task: () => void): void {
    setImmediate(task);
  }

  async pass(ms: number): Promise<void> {
    this.#now += ms;
    for (const task of this.#tasks) task();
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  }
}

describe.skipIf(!hasRedis())("a Redis that hangs", { timeout: 30_000 }, () => {
  let redis: RedisService;
  beforeAll(async () => {
    redis = await startRedis();
  }, 30_000);
  afterAll(() => redis.close());

  const open = async (failures: unknown[], url = redis.url): Promise<Connection> => {
    const connection = connect({ url, onFailure: (error) => failures.push(error) });
    await vi.waitFor(() => expect(connection.status).toBe("ready"));
    return connection;
  };
  const speakerOn = async (
    url = redis.url,
  ): Promise<{ speaker: Speaker; clock: HandClock; failures: unknown[] }> => {
    const failures: unknown[] = [];
    const clock = new HandClock();
    const connection = await open(failures, url);
    const onFailure = (error: unknown): void => void failures.push(error);
    return { speaker: new Speaker({ connection, clock, onFailure }), clock, failures };
  };
  const byProxy = async (): Promise<{ proxy: FaultProxy; url: string }> => {
    const proxy = await createFaultProxy({ target: { port: redis.port } });
    return { proxy, url: `redis://127.0.0.1:${proxy.port}` };
  };
  const ping = (connection: Connection): Promise<string> => connection.ping();

  it("[D9] is waited for once by all who have asked, then asked by nobody until a probe is answered", async () => {
    const { speaker, clock, failures } = await speakerOn();
    expect(await speaker.ask(ping)).toBe("PONG");
    await redis.freeze();
    const early = speaker.ask(ping);
    await clock.pass(900);
    expect(speaker.isReady).toBe(true);
    const late = speaker.ask(ping);
    await clock.pass(100);
    expect([await early, await late]).toEqual([undefined, undefined]);
    expect(failures.map(String)).toEqual(["Error: unable to ask Redis; it does not answer"]);
    let asked = 0;
    const count = async (): Promise<number> => (asked += 1);
    expect(await speaker.ask(count)).toBeUndefined();
    redis.thaw();
    await vi.waitFor(
      async () => {
        await clock.pass(1_000);
        expect(speaker.isReady).toBe(true);
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(asked).toBe(0);
    expect(await speaker.ask(ping)).toBe("PONG");
    speaker.close();
  });

  it("is called anew: a connection whose packets are lost may never break by itself", async () => {
    const { proxy, url } = await byProxy();
    const { speaker, clock } = await speakerOn(url);
    proxy.set({ blackHole: true });
    const answer = speaker.ask(ping);
    await clock.pass(1_000);
    expect(await answer).toBeUndefined();
    await expect.poll(() => proxy.attempts, { timeout: 10_000 }).toBe(2);
    speaker.close();
    await proxy.close();
  });

  it("is not one whose answer lies ready while this process is busy", async () => {
    const { speaker, clock, failures } = await speakerOn();
    const answer = speaker.ask(ping);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    await clock.pass(2_000);
    expect(await answer).toBe("PONG");
    expect([speaker.isReady, failures]).toEqual([true, []]);
    speaker.close();
  });

  it("is not blamed for a question that could not be asked", async () => {
    const { speaker, clock, failures } = await speakerOn();
    const broken = (): never => {
      throw new TypeError("of ours");
    };
    await expect(speaker.ask(broken)).rejects.toThrow("of ours");
    await clock.pass(2_000);
    expect([speaker.isReady, failures]).toEqual([true, []]);
    speaker.close();
  });

  it("leaves nobody waiting who asked before the node closed", async () => {
    const { speaker } = await speakerOn();
    await redis.freeze();
    const answer = speaker.ask(ping);
    speaker.close();
    expect(await answer).toBeUndefined();
    redis.thaw();
  });

  it("[D4] is noticed by who only listens: not even its own signs of life are heard", async () => {
    const failures: unknown[] = [];
    const { proxy, url } = await byProxy();
    const speaker = await open(failures);
    const connection = await open(failures, url);
    const heard: string[] = [];
    let begun = 0;
    const listener = new Listener({
      ...{ connection, channel: "signs", onMessage: (text) => heard.push(text) },
      onHeard: () => (begun += 1),
      onFailure: (error) => failures.push(error),
    });
    connection.disconnect(true); // It subscribes whenever it is connected anew.
    await vi.waitFor(() => expect(listener.isHeard).toBe(true), { timeout: 10_000 });
    for (let sign = 0; sign < 10; sign += 1) {
      listener.expect();
      await speaker.publish("signs", `${sign}`);
      await vi.waitFor(() => expect(heard.at(-1)).toBe(`${sign}`));
    }
    expect([listener.isHeard, failures]).toEqual([true, []]);
    proxy.set({ blackHole: true }, "down");
    for (let sign = 0; sign < 3; sign += 1) listener.expect();
    expect(listener.isHeard).toBe(true);
    listener.expect();
    expect(listener.isHeard).toBe(false);
    expect(failures.map(String)).toEqual(["Error: unable to hear other nodes; Redis says nothing"]);
    proxy.heal();
    await vi.waitFor(() => expect([listener.isHeard, begun]).toEqual([true, 2]), { timeout: 10_000 });
    await speaker.publish("signs", "back");
    await vi.waitFor(() => expect(heard.at(-1)).toBe("back"));
    listener.close();
    speaker.disconnect();
    await proxy.close();
  });
  it("[D4] makes the nodes ask the store for as long as it hangs, though they take each other for gone", async () => {
    const { proxy, url } = await byProxy();
    const clock = new HandClock();
    const rest = { channel: "long", onFailure: () => {} };
    const { bus } = openRedis({ ...rest, url, clock });
    const other = openRedis({ ...rest, url: redis.url, clock: new HandClock() }).bus;
    const heard: string[] = [];
    bus.listen((events) => void heard.push(...events.map(({ type }) => type)), nobody);
    other.listen(() => {}, nobody);
    await vi.waitFor(() => expect([bus.isConnected, other.isConnected]).toEqual([true, true]));
    // It is waited for from then on, but not for ever.
    other.publish([{ type: "typing", conversationId: "a", userId: "ada", active: true }]);
    await vi.waitFor(() => expect(heard).toContain("typing"));
    proxy.set({ blackHole: true }, "down");
    for (let second = 0; second < 5; second += 1) await clock.pass(1_000);
    // Both connections are made anew, and get no answer either.
    await expect.poll(() => proxy.attempts, { timeout: 10_000 }).toBe(4);
    for (let second = 0; second < 600; second += 1) await clock.pass(1_000);
    expect(bus.isConnected).toBe(false);
    heard.length = 0;
    for (let second = 0; second < 10; second += 1) await clock.pass(1_000);
    expect(heard).toEqual(Array.from({ length: 5 }, () => "lost"));
    await Promise.all([bus.close(), other.close()]);
    await proxy.close();
  });
});

const nobody: NodeView = { isWatched: () => false, watched: () => [], signals: () => [], looking: () => [] };
