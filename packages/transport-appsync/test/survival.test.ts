import { MessagingError } from "@tidings/core/errors";
import { afterEach, describe, expect, it } from "vitest";
import { mark, say } from "./harness.ts";
import { type Behind, createWorld, type World, type WorldOptions } from "./world.ts";

const HOUR_MS = 3_600_000;
/** So that a day is not mostly heartbeats. */
const SELDOM_MS = 600_000;

let world: World | undefined;
afterEach(() => world?.close());

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index + 1}`);

const both = [{ userId: "ada", role: "owner" }, { userId: "bob" }] as const;

const backends: readonly (readonly [string, Behind])[] = [
  ["the rules in memory", "memory"],
  ["what the template deploys", "deployed"],
];

async function beginOn(options: WorldOptions): Promise<World> {
  world = await createWorld(options);
  return world;
}

describe.each(backends)("a chat over AppSync, on %s", { timeout: 60_000 }, (_name, behind) => {
  const begin = (options: WorldOptions = {}): Promise<World> => beginOn({ behind, ...options });

  it("carries what people say to each other", async () => {
    const { enter, clock } = await begin();
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    const sent = await ada.room.send("hello");
    await clock.advance(1_000);
    await sent.settled();
    await bob.room.send("hi");
    await clock.advance(1_000);
    expect([ada.texts(), bob.texts()]).toEqual([["hello", "hi"], ["hello", "hi"]]); // prettier-ignore
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });

  it("[D4] goes on where AppSync falls silent, without waiting for five minutes", async () => {
    const { enter, clock, endpoint } = await begin();
    const ada = await enter("ada");
    endpoint.faults.silent = true;
    await endpoint.act("bob", { ...say(""), type: "participant.join" });
    await endpoint.act("bob", say("can you hear me?"));
    await clock.advance(31_000);
    expect(ada.texts()).toEqual(["can you hear me?"]); // the heartbeat goes by HTTP, and its heads tell
    const before = endpoint.sockets.ever;
    await clock.advance(70_000);
    expect(endpoint.sockets.ever).toBeGreaterThan(before);
    endpoint.faults.silent = false;
    await clock.advance(40_000);
    expect(ada.client.connection.get().name).toBe("online");
    await endpoint.act("bob", say("at once"));
    await clock.advance(10);
    expect(ada.texts()).toEqual(["can you hear me?", "at once"]);
  });

  it("[D2] goes on with a new token when AppSync calls the old one expired in the middle of it", async () => {
    const good = new Set(["first"]);
    const { enter, clock, endpoint } = await begin({
      authenticate(token) {
        if (!good.has(token)) throw new MessagingError("auth/expired");
        return { userId: "ada" };
      },
    });
    const tokens = ["first", "second"];
    const ada = await enter("ada", { token: () => tokens.shift() ?? "none" });
    good.clear();
    good.add("second");
    const sent = await ada.room.send("by which token?");
    await clock.advance(5_000);
    await sent.settled();
    expect(endpoint.act("ada", say("twice?"))).toBeDefined();
    expect(ada.client.connection.get().name).toBe("online");
    expect(ada.texts()[0]).toBe("by which token?");
    expect(tokens).toEqual([]);
  });

  it("[D4] replaces a socket before its day is over, and misses nothing meanwhile", async () => {
    const { enter, clock, endpoint } = await begin({ heartbeatMs: SELDOM_MS });
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    let disturbances = 0;
    bob.client.connection.subscribe(({ name }) => void (disturbances += Number(name !== "online")));
    const [hours, ever] = behind === "memory" ? [50, 6] : [26, 4];
    for (let hour = 0; hour < hours; hour += 1) {
      await ada.room.send(`${hour + 1}`);
      await clock.advance(HOUR_MS);
    }
    expect(bob.texts()).toEqual(numbers(hours));
    expect(disturbances).toBe(0);
    expect(endpoint.sockets).toEqual({ open: 2, ever });
  });

  it("[D4] fetches 500 changes it has missed", async () => {
    const { enter, clock, endpoint } = await begin();
    const ada = await enter("ada");
    await endpoint.act("bob", { ...say(""), type: "participant.join" });
    ada.way.isOffline = true;
    ada.way.cut();
    for (const text of numbers(500)) await endpoint.act("bob", say(text));
    await clock.advance(60_000);
    expect(ada.texts()).toEqual([]);
    ada.way.isOffline = false;
    await clock.advance(60_000);
    while (ada.room.timeline.get().hasOlder)
      await Promise.all([ada.room.timeline.loadOlder(), clock.advance(1)]);
    expect(ada.texts()).toEqual(numbers(500));
    expect(ada.room.timeline.get().complete).toBe(true);
  });

  it("[D8] tells a member who was removed, and lets them hear no more", async () => {
    const conversations = [{ conversationId: "general", kind: "group", participants: [...both] }] as const;
    const { enter, clock, endpoint } = await begin({ conversations });
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    await (await ada.room.members.remove("bob")).settled().catch(() => {});
    await clock.advance(60_000);
    expect(bob.room.timeline.get().absent).toBe(true);
    expect(bob.client.connection.get().name).toBe("online");
    const subscriptions = endpoint.subscriptions;
    await ada.room.send("among us");
    await clock.advance(120_000);
    expect(bob.texts()).not.toContain("among us");
    expect(endpoint.subscriptions).toBe(subscriptions);
    await ada.room.members.add("bob");
    await clock.advance(60_000);
    expect(bob.texts()).toContain("among us");
  });

  it("[D9] keeps to 100 subscriptions on a socket, with 250 conversations", async () => {
    const conversations = ["general", ...numbers(249)].map((conversationId) => ({
      ...{ conversationId, kind: "group" as const },
      participants: [{ userId: "ada", role: "owner" as const }, { userId: "bob" }],
    }));
    const { enter, clock, endpoint } = await begin({ conversations });
    const ada = await enter("ada");
    expect(ada.client.connection.get().name).toBe("online");
    expect(endpoint.sockets).toEqual({ open: 3, ever: 3 });
    expect(endpoint.subscriptions).toBe(251);
    for (const id of ["1", "100", "249"]) {
      void ada.texts(id);
      await clock.advance(1_000);
      await endpoint.act("bob", say(`in ${id}`, id));
    }
    await clock.advance(10);
    expect(["1", "100", "249"].map((id) => ada.texts(id))).toEqual([["in 1"], ["in 100"], ["in 249"]]);
  });

  it("[D5] shows how far others have read, and types", async () => {
    const { enter, clock, endpoint } = await begin();
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    await ada.room.send("read me");
    await clock.advance(1_000);
    await endpoint.act("bob", mark(1));
    const typing = ada.room.typing;
    const stop = typing.subscribe(() => {});
    await clock.advance(1_000);
    bob.room.typing.notify();
    await clock.advance(1_000);
    expect(ada.room.readersOf(1)).toContain("bob");
    expect(typing.get()).toEqual(["bob"]);
    stop();
  });
});

describe("a chat over AppSync, whatever stands behind", { timeout: 60_000 }, () => {
  const begin = (options: WorldOptions = {}): Promise<World> => beginOn(options);

  it("renews the token of an open link before it expires, without another socket", async () => {
    const given: string[] = [];
    const { enter, clock, endpoint } = await begin({
      heartbeatMs: SELDOM_MS,
      authenticate(token) {
        given.push(token);
        return { userId: "ada", expiresInMs: HOUR_MS };
      },
    });
    let count = 0;
    const ada = await enter("ada", { token: () => `token ${(count += 1)}` });
    await clock.advance(5 * HOUR_MS);
    expect(count).toBeGreaterThan(4);
    expect(given.at(-1)).toBe(`token ${count}`);
    expect(endpoint.sockets).toEqual({ open: 1, ever: 1 });
    expect(ada.errors).toEqual([]);
  });

  it("[D4] comes back from the end of a day that it did not see coming", async () => {
    const { enter, clock, endpoint } = await begin({ heartbeatMs: SELDOM_MS });
    const ada = await enter("ada", { socketLifeMs: 100 * HOUR_MS });
    await clock.advance(24 * HOUR_MS + 60_000);
    expect(endpoint.sockets).toEqual({ open: 1, ever: 2 });
    expect(ada.client.connection.get().name).toBe("online");
  });

  it("[D8] stops listening where one was removed, though the backend does not make it", async () => {
    const conversations = [{ conversationId: "general", kind: "group", participants: [...both] }] as const;
    const { enter, clock, endpoint } = await begin({ conversations });
    const [ada] = [await enter("ada"), await enter("bob")];
    endpoint.faults.invalidation = "none";
    const before = endpoint.subscriptions;
    await ada.room.members.remove("bob");
    await clock.advance(1_000); // sooner than the heads tell
    expect(endpoint.subscriptions).toBe(before - 1);
  });

  it("[D9] learns that a socket takes fewer than it thought", async () => {
    const conversations = ["general", ...numbers(24)].map((conversationId) => ({ conversationId }));
    const { enter, endpoint } = await begin({ conversations, most: 10 });
    endpoint.faults.objectErrors = true;
    const ada = await enter("ada");
    expect(ada.client.connection.get().name).toBe("online");
    expect(endpoint.subscriptions).toBe(26);
    expect(endpoint.sockets.open).toBe(3);
  });

  it("[D9] slows down when AppSync says, of nothing in particular, that there is too much", async () => {
    const conversations = ["general", ...numbers(40)].map((conversationId) => ({ conversationId }));
    const { enter, clock, endpoint } = await begin({ conversations });
    endpoint.faults.limitStarts = 30;
    const ada = await enter("ada");
    await clock.advance(30_000);
    expect(ada.client.connection.get().name).toBe("online");
    expect(endpoint.subscriptions).toBe(42);
    expect(endpoint.sockets).toEqual({ open: 1, ever: 1 });
  });

  it("[D4] asks again for what was said just after a subscription began", async () => {
    const { enter, clock, endpoint } = await begin();
    await endpoint.act("bob", { ...say(""), type: "participant.join" });
    endpoint.faults.deafMs = 2_000;
    const entering = enter("ada");
    await clock.settle();
    await endpoint.act("bob", say("so soon"));
    const ada = await entering;
    expect(ada.texts()).toEqual(["so soon"]); // after 5 seconds, long before the heartbeat
    expect(clock.timers).toBeGreaterThan(0);
  });

  it("[D4] takes an event of an app that selects too little for a hint", async () => {
    const { enter, clock, endpoint } = await begin();
    const ada = await enter("ada");
    await endpoint.act("bob", { ...say(""), type: "participant.join" });
    endpoint.faults.thin = true;
    await endpoint.act("bob", say("thin"));
    await clock.advance(100);
    expect(ada.texts()).toEqual(["thin"]);
  });

  it("leaves no timer and no socket when it is closed", async () => {
    const { enter, clock, endpoint, close } = await begin();
    await enter("ada");
    await close();
    await clock.settle();
    expect({ timers: clock.timers, open: endpoint.sockets.open }).toEqual({ timers: 0, open: 0 });
  });
});
