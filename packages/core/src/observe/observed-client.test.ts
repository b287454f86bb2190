import { describe, expect, it } from "vitest";
import { member, type World, world } from "../../test/client/world.ts";
import { dehydrate } from "../bindings/snapshot.ts";
import type { ClientOptions, Conversation } from "../client/types.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import type { Observation } from "./observation.ts";
import { createObservedClient, type ObservedClient, type ObserveOptions } from "./observed-client.ts";

const quiet = (): void => {};

/** An observed client that is online and has "general" open. */
async function observed(
  { backend, clock }: World,
  options: Partial<ClientOptions> = {},
  observe: ObserveOptions = {},
): Promise<[ObservedClient, Conversation]> {
  const client = createObservedClient(
    { transport: backend.transport("ada"), clock, random: seededRandom(7), logger: quiet, ...options },
    observe,
  );
  const room = client.conversation("general");
  await client.connect();
  await clock.settle();
  return [client, room];
}

const reasonsOf = (client: ObservedClient): string[] =>
  client.health.get().reasons.map(({ code, level }) => `${code} ${level}`);

describe("client.metrics", () => {
  it("counts what goes out and how long the backend takes to accept it (row J2)", async () => {
    const here = world();
    const [ada, room] = await observed(here);
    here.backend.faults.delay(40);
    await room.send("one");
    await here.clock.advance(40);
    await room.send("two");
    await here.clock.advance(40);
    here.backend.faults.refuseNext("permission/muted");
    await room.send("three");
    await here.clock.advance(40);
    here.backend.faults.refuseNext("server/internal");
    await room.send("four");
    await here.clock.advance(10_000);
    const { sent, queue } = ada.metrics.get();
    expect(sent).toMatchObject({ submits: 5, perMinute: 5, accepted: 3, refused: 1, deferred: 1 });
    expect(sent.answerMs).toMatchObject({ count: 5, min: 40, max: 40 });
    expect(sent.acceptedAfterMs?.max).toBeGreaterThan(40);
    expect(queue).toEqual({ waiting: 0, failed: 1, oldestAt: undefined });
    await here.clock.advance(60_000);
    expect(ada.metrics.get().sent).toMatchObject({ submits: 5, perMinute: 0 });
  });

  it("knows what waits and since when, also while there is no link, and how long it took in the end", async () => {
    const here = world();
    const [ada, room] = await observed(here);
    here.backend.faults.offline(true);
    await here.clock.settle();
    const at = here.clock.now();
    await room.send("waits");
    await here.clock.advance(45_000);
    expect(ada.metrics.get().queue).toMatchObject({ waiting: 1, oldestAt: at });
    expect(ada.metrics.get().connection).toMatchObject({ opened: 1, closed: 1 });
    expect(ada.metrics.get().connection.failed).toBeGreaterThan(0);
    expect(ada.metrics.get().errors["connection/failed"]).toBeGreaterThan(0);
    here.backend.faults.offline(false);
    await here.clock.advance(60_000);
    expect(ada.metrics.get().queue).toMatchObject({ waiting: 0, oldestAt: undefined });
    expect(ada.metrics.get().sent.acceptedAfterMs?.max).toBeGreaterThan(44_999);
    expect(ada.metrics.get().connection).toMatchObject({ name: "online", opened: 2 });
  });

  it("[D2, D4] counts what came twice and had no effect, and gaps that were noticed and filled", async () => {
    const here = world();
    const [ada, room] = await observed(here);
    const [, other] = await member(here, "ben");
    here.backend.faults.duplicatePushes(true);
    await other.send("twice");
    await here.clock.settle();
    const { received } = ada.metrics.get();
    expect(received.changes).toBeGreaterThanOrEqual(2);
    expect(received).toMatchObject({ duplicates: 1, gaps: 0, openGaps: 0 });
    here.backend.faults.duplicatePushes(false);
    here.backend.faults.dropPushes(1);
    await other.send("lost on the way");
    await here.clock.settle();
    here.backend.faults.dropPushes(0);
    here.backend.faults.hold(); // so that the gap stays open for a while
    await other.send("shows the gap");
    await here.clock.settle();
    expect(ada.metrics.get().received).toMatchObject({ gaps: 1, openGaps: 1, gapSince: here.clock.now() });
    here.backend.faults.release();
    await here.clock.advance(1_000);
    expect(ada.metrics.get().received).toMatchObject({ gaps: 1, openGaps: 0, gapSince: undefined });
    expect(room.timeline.get().complete).toBe(true);
  });

  it("tells a conversation shown from storage from one that had to be asked for, and how storage does (row J9)", async () => {
    const here = world();
    const storage = memoryStorage();
    const [first, room] = await observed(here, { storage });
    await room.send("kept");
    await here.clock.advance(1_000);
    expect(first.metrics.get().cache).toEqual({ hits: 0, misses: 1 });
    await first.close();
    const [second] = await observed(here, { storage });
    await here.clock.advance(1_000);
    expect(second.metrics.get().cache).toEqual({ hits: 1, misses: 0 });
    const { durability, readMs, writeMs, failures } = second.metrics.get().storage;
    expect({ durability, failures }).toEqual({ durability: "memory", failures: 0 });
    expect(readMs?.count).toBeGreaterThan(0);
    expect(writeMs?.count).toBeGreaterThan(0);
  });

  it("holds what the app tells, and what the platform tells of memory (row A17)", async () => {
    const here = world();
    const memory = { usedBytes: 90, limitBytes: 100 };
    const [ada] = await observed(here, {}, { memory: () => memory });
    for (const tookMs of [4, 80, 6]) ada.told.rendered(tookMs);
    expect(ada.metrics.get()).toMatchObject({ memory, renderMs: { count: 3, max: 80, median: 6 } });
    expect(reasonsOf(ada)).toEqual(["slow-rendering warning", "memory warning"]);
  });

  it("is the same reference until it changes, tells at most every so often, and ends with the client", async () => {
    const here = world();
    const [ada, room] = await observed(here);
    expect(ada.metrics.get()).toBe(ada.metrics.get());
    const before = here.clock.timers;
    let told = 0;
    const leave = ada.metrics.subscribe(() => (told += 1));
    for (let count = 0; count < 20; count += 1) await room.send(`m${count}`);
    await here.clock.settle();
    expect(told).toBe(0);
    await here.clock.advance(1_000);
    expect(told).toBe(1);
    await here.clock.advance(3_000);
    expect(told).toBe(1);
    leave();
    expect(here.clock.timers).toBeLessThanOrEqual(before);
    ada.metrics.subscribe(() => {
      throw new TypeError("a listener of the app");
    });
    await ada.close();
    ada.health.subscribe(quiet);
    expect(here.clock.timers).toBe(0);
    expect(ada.metrics.get().sent.accepted).toBe(20); // [D10]
  });
});

describe("client.health", () => {
  it("is healthy, worries when the link stays away, and recovers (rows A20, J3)", async () => {
    const here = world();
    const [ada, room] = await observed(here);
    const levels: string[] = [];
    ada.health.subscribe(({ level }) => levels.push(level));
    expect(ada.health.get()).toEqual({ level: "healthy", reasons: [] });
    here.backend.faults.offline(true);
    await room.send("waits");
    await here.clock.advance(5_000);
    expect(ada.health.get().level).toBe("healthy"); // a moment is nothing
    await here.clock.advance(55_000);
    expect(reasonsOf(ada)).toEqual(["offline warning"]);
    await here.clock.advance(3_600_000);
    expect(reasonsOf(ada)).toEqual(["offline critical"]);
    here.backend.faults.offline(false);
    await here.clock.advance(120_000);
    expect(ada.health.get()).toEqual({ level: "healthy", reasons: [] });
    expect(levels.filter((level, index) => level !== levels[index - 1])).toEqual([
      "warning",
      "critical",
      "healthy",
    ]);
  });

  it("worries about a command that does not go although there is a link", async () => {
    const here = world();
    const [ada, room] = await observed(here);
    here.backend.faults.refuseNext("server/unavailable", { retryAfterMs: 400_000 });
    await room.send("waits");
    await here.clock.advance(60_000);
    expect(reasonsOf(ada)).toEqual(["queue-old warning"]);
    await here.clock.advance(300_000);
    expect(reasonsOf(ada)).toEqual(["queue-old critical"]);
    await here.clock.advance(60_000);
    expect(reasonsOf(ada)).toEqual([]);
  });

  it("[D10] goes on, and keeps its log, where the app's logger throws as its observer does", async () => {
    const here = world();
    const fail = (): never => {
      throw new Error("broken");
    };
    const options = { transport: here.backend.transport("ada"), clock: here.clock, logger: fail };
    const client = createObservedClient(options, { observers: [fail] });
    void client.connect();
    await here.clock.settle();
    expect(client.connection.get().name).toBe("online");
    expect(client.log.entries("error").map(({ event }) => event)).toEqual(["observer.failed"]);
  });

  it("does not worry about what waits while nobody wants a link", async () => {
    const here = world();
    const [ada, room] = await observed(here);
    ada.disconnect();
    await room.send("waits");
    await here.clock.advance(600_000);
    expect(reasonsOf(ada)).toEqual([]);
  });

  it("is critical while the connection needs the app", async () => {
    const here = world();
    const auth = (): Promise<string> => Promise.reject(new MessagingError("auth/required"));
    const client = createObservedClient({
      transport: here.backend.transport("ada"),
      ...{ clock: here.clock, auth, logger: quiet },
    });
    await client.connect().catch(quiet);
    const { level, reasons } = client.health.get();
    expect(level).toBe("critical");
    expect(reasons).toMatchObject([
      { code: "blocked", recommendation: expect.stringContaining("connect()") },
    ]);
  });

  it("says when the device does not keep what is written", async () => {
    const here = world();
    const disk = memoryStorage();
    let isBroken = false;
    const storage: Storage = {
      ...disk,
      supports: { durability: "strict" },
      write: (operations) =>
        isBroken ? Promise.reject(new MessagingError("storage/failed")) : disk.write(operations),
    };
    const [ada, room] = await observed(here, { storage });
    expect(reasonsOf(ada)).toEqual([]);
    isBroken = true;
    await expect(room.send("x")).rejects.toMatchObject({ code: "storage/failed" });
    expect(reasonsOf(ada)).toEqual(["queue-failed warning", "storage-failing warning"]);
    const [ben] = await observed(here, { storage: disk, transport: here.backend.transport("ben") });
    expect(reasonsOf(ben)).toEqual(["not-durable warning"]);
  });
});

describe("an observed client", () => {
  it("works as one that is not: same handles, same outcome, and what else takes a client takes it", async () => {
    const here = world();
    const [ada, room] = await observed(here);
    const [, other] = await member(here, "ben");
    await (await room.send("hello")).settled();
    await here.clock.settle();
    expect(other.timeline.get().items.at(-1)).toMatchObject({ message: { content: { text: "hello" } } });
    expect(ada.conversation("general")).toBe(room);
    expect(dehydrate(ada).userId).toBe("ada");
    expect(() => createObservedClient(Object({}))).toThrow(
      expect.objectContaining({ code: "client/misused" }),
    );
  });

  it("[D10] is not harmed by an observer that throws, which the log names", async () => {
    const here = world();
    const seen: Observation["type"][] = [];
    const broken = (): void => {
      throw new TypeError("not mine");
    };
    const [ada, room] = await observed(here, {}, { observers: [broken, ({ type }) => seen.push(type)] });
    await (await room.send("hello")).settled();
    expect(seen).toContain("answer");
    expect(ada.log.entries("error")).toMatchObject([
      { event: "observer.failed", fields: { error: { message: "not mine" } } },
    ]);
  });

  it("sees what a tab has of a link that all tabs share", async () => {
    const here = world();
    const [ada, room] = await observed(here, {
      tabs: {
        join: ({ transport }) => ({ transport, living: async () => new Set<string>(), leave: quiet }),
      },
    });
    await (await room.send("hello")).settled();
    expect(ada.metrics.get().sent).toMatchObject({ submits: 1, accepted: 1 });
  });
});
