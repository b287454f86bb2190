import { setTimeout as sleep } from "node:timers/promises";
import { notebookOf, type Policy, type PresenceStatus, type Query } from "@tidings/core/protocol";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ServerBounds, TidingsServer } from "../src/index.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../src/testing/postgres.ts";
import { hasRedis, type RedisService, startRedis } from "../src/testing/redis.ts";
import { call } from "./support/api.ts";
import { message, RawClient } from "./support/raw-client.ts";
import { secret } from "./support/server-process.ts";
import { start, unhurried } from "./support/start.ts";

describe.skipIf(!hasPostgres() || !hasRedis())("two nodes on one database", { timeout: 60_000 }, () => {
  let postgres: PostgresService;
  let redis: RedisService;
  let nodes: readonly [TidingsServer, TidingsServer];
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  }, 60_000);
  afterAll(() => Promise.all([postgres.close(), redis.close()]));

  const open = async (policy: Partial<Policy> = unhurried, bounds: ServerBounds = {}): Promise<void> => {
    await redis.start();
    const database = await postgres.database();
    const options = { database, redis: redis.url, secret, policy, lobbies: [], bounds };
    nodes = [await start(options), await start(options)];
    await bothListen();
  };
  /** What is published before is lost to who does not listen yet, and found again only later. */
  const bothListen = async (): Promise<void> => {
    const asking = new Redis(redis.url);
    try {
      const listening = async (): Promise<number> =>
        String(await asking.call("CLIENT", "LIST", "TYPE", "pubsub"))
          .split("\n")
          .filter((line) => / sub=[1-9]/.test(line) || / psub=[1-9]/.test(line)).length;
      while ((await listening()) < 2) await sleep(20);
    } finally {
      asking.disconnect();
    }
    await sleep(100);
  };
  const clients: RawClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.socket.close();
  });
  const join = async (at: 0 | 1, userId: string): Promise<RawClient> => {
    const client = await new RawClient(nodes[at].url).opened();
    clients.push(client);
    client.hello(await nodes[at].issueToken(userId), userId);
    await client.find("welcome");
    return client;
  };
  const group = (client: RawClient, conversationId: string, ...others: readonly string[]): Promise<unknown> =>
    client.accepted({
      type: "conversation.create",
      conversationId,
      kind: "group",
      participants: others.map((userId) => ({ userId })),
    });
  const texts = (client: RawClient): string[] =>
    client
      .all("change")
      .flatMap(({ change: { record } }) =>
        record.type === "message" && "text" in record.content ? [record.content.text] : [],
      );
  const revs = (client: RawClient): number[] => client.all("change").map(({ change }) => change.rev);

  it("end the links of whoever is erased at either, and refuse their tokens at both", async () => {
    await open();
    const token = await nodes[1].issueToken("bob");
    const [ada, bob] = [await join(0, "ada"), await join(1, "bob")];
    await group(ada, "a", "bob");
    await bob.find("change", ({ change }) => change.conversationId === "a");
    await nodes[0].eraseUser("bob");
    expect(await bob.find("closing")).toMatchObject({ code: "auth/invalid" });
    for (const node of nodes)
      expect(await call(node, "GET /v1/conversations", { token })).toMatchObject({ status: 401 });
    expect(await ada.find("change", ({ change }) => change.kind === "participant.leave")).toBeDefined();
  });

  it("[D3, D4] deliver what is said on either, in one order, each revision once", async () => {
    await open();
    const [ada, bob] = [await join(0, "ada"), await join(1, "bob")];
    await group(ada, "a", "bob");
    await bob.find("change", ({ change }) => change.conversationId === "a");
    const total = 200;
    await Promise.all(
      [ada, bob].map(async (client, index) => {
        for (let round = 0; round < total / 2; round += 1)
          await client.accepted(message("a", `${index} ${round}`));
      }),
    );
    const heard = (client: RawClient, author: number): string[] =>
      texts(client).filter((text) => text.startsWith(`${author} `));
    const said = (author: number): string[] =>
      Array.from({ length: total / 2 }, (_, round) => `${author} ${round}`);
    // Whoever spoke last hears no more of the other: what counts is what they have heard.
    await vi.waitFor(
      () => {
        expect(heard(ada, 1)).toEqual(said(1));
        expect(heard(bob, 0)).toEqual(said(0));
      },
      { timeout: 30_000 },
    );
    // On a busy machine a change may seem lost and be read from the database: then its author, who has it from the ack,
    // gets it once more.
    for (const client of [ada, bob]) {
      const seen = revs(client).filter((rev) => rev > 3);
      expect(seen).toEqual([...new Set(seen)].sort((one, other) => one - other));
    }
  });

  it("[D4, D8] go on while Redis is away: each asks the database, also who is still in", async () => {
    await open();
    const [ada, bob, cy] = [await join(0, "ada"), await join(1, "bob"), await join(1, "cy")];
    await group(ada, "a", "bob", "cy");
    await bob.find("change");
    await redis.stop();
    await ada.accepted(message("a", "while it is away"));
    await ada.accepted({ type: "participant.remove", conversationId: "a", userId: "cy" });
    await ada.accepted(message("a", "between us"));
    await bob.find("change", ({ change }) => change.rev === 7);
    expect(texts(bob)).toEqual(["while it is away", "between us"]);
    expect(texts(cy)).not.toContain("between us");
    await redis.start();
    await sleep(3_000);
    await ada.accepted(message("a", "back"));
    const startMs = performance.now();
    await bob.find("change", ({ change }) => change.rev === 8);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(texts(cy)).not.toContain("back");
  });

  it("[D8] tell nothing to who was removed on the other, from that moment on, with Redis or without", async () => {
    await open();
    const [ada, bob, cy, dan] = [
      await join(0, "ada"),
      await join(1, "bob"),
      await join(1, "cy"),
      await join(1, "dan"),
    ];
    await group(ada, "a", "bob", "cy", "dan");
    const { commandId: messageId } = await ada.accepted(message("a", "to all"));
    const everyQuery = (): readonly Query[] => [
      { type: "changes", conversationId: "a", afterRev: 0, limit: 50 },
      { type: "changes", conversationId: "a", afterRev: 5, limit: 50 },
      { type: "history", conversationId: "a", limit: 50 },
      { type: "history", conversationId: "a", around: 1, limit: 10 },
      { type: "conversation", conversationId: "a" },
      { type: "participants", conversationId: "a", limit: 50 },
      { type: "receipts", conversationId: "a", limit: 50 },
      { type: "versions", conversationId: "a", messageId },
      { type: "reactors", conversationId: "a", messageId, emoji: "👍", limit: 50 },
    ];
    const asked = (client: RawClient): Promise<string[]> =>
      Promise.all(
        everyQuery().map(async (query) => {
          const answer = await client.ask(query);
          return answer.type === "reject" ? answer.code : answer.type;
        }),
      );
    const list: Query = { type: "conversations", limit: 50 };
    const remove = async (client: RawClient, userId: string): Promise<void> => {
      expect(new Set(await asked(client))).toEqual(new Set(["result"]));
      await ada.accepted({ type: "participant.remove", conversationId: "a", userId });
      expect(new Set(await asked(client))).toEqual(new Set(["conversation/not-found"]));
      expect(await client.ask(list)).toMatchObject({ result: { items: [] } });
      await ada.accepted(message("a", `without ${userId}`));
      await bob.find("change", ({ change }) => JSON.stringify(change.record).includes(`without ${userId}`));
      expect(new Set(await asked(client))).toEqual(new Set(["conversation/not-found"]));
    };
    await remove(cy, "cy");
    await redis.stop();
    await remove(dan, "dan");
    expect(texts(bob)).toEqual(["to all", "without cy", "without dan"]);
    expect(JSON.stringify(cy.frames)).not.toContain("without");
    expect(JSON.stringify(dan.frames)).not.toContain("without dan");
  });

  it("[D4] miss nothing of what Redis loses while connections to it break again and again", async () => {
    await open();
    const [ada, bob] = [await join(0, "ada"), await join(1, "bob")];
    await group(ada, "a", "bob");
    const meddler = new Redis(redis.url);
    for (let round = 0; round < 60; round += 1) {
      await ada.accepted(message("a", `${round}`));
      if (round % 10 === 5)
        await meddler.call("CLIENT", "KILL", "TYPE", round % 20 === 5 ? "pubsub" : "normal");
      if (round % 10 === 5) await sleep(100);
    }
    // The last of all: nothing comes behind it that would show the gap.
    await meddler.call("CLIENT", "KILL", "TYPE", "normal");
    await ada.accepted(message("a", "last"));
    meddler.disconnect();
    await bob.find("change", ({ change }) => change.rev === 64);
    const seen = new Set(revs(bob).filter((rev) => rev > 3));
    expect([...seen].sort((one, other) => one - other)).toEqual(
      Array.from({ length: 61 }, (_, index) => index + 4),
    );
  });

  it("[D9] count together how often people send, and each alone while Redis is away", async () => {
    await open({ rates: [{ name: "minute", scope: "user", tokens: 1, perMs: 20_000, burst: 4 }] });
    const [here, there] = [await join(0, "ada"), await join(1, "ada")];
    await group(here, "a");
    const once = message("a", "once");
    const sent = here.frame(once);
    for (let round = 0; round < 3; round += 1) {
      if (round > 0) here.send({ ...sent, id: 1_000 + round });
      else here.send(sent);
      // What was answered before costs nothing.
      expect(await here.answer(round > 0 ? 1_000 + round : sent.id)).toMatchObject({ type: "ack" });
    }
    await here.accepted(message("a", "2"));
    await there.accepted(message("a", "3"));
    await there.accepted(message("a", "4"));
    for (const client of [here, there]) {
      const refused = await client.submit(message("a", "5"));
      if (refused.type !== "reject") throw new Error("accepted");
      expect(refused.code).toBe("rate/limited");
      expect(refused.retryAfterMs).toBeGreaterThan(15_000);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(20_000);
    }
    await redis.stop();
    const bob = await join(1, "bob");
    await group(bob, "b");
    for (let round = 0; round < 4; round += 1) await bob.accepted(message("b", "alone"));
    expect(await bob.submit(message("b", "5"))).toMatchObject({ type: "reject" });
  });

  it("[D4, D9] go on while Redis hangs: one question waits, then each counts alone, says so, and heals by itself", async () => {
    const burst = 30;
    await open({ rates: [{ name: "minute", scope: "user", tokens: 1, perMs: 600_000, burst }] });
    const [ada, other, bob] = [await join(0, "ada"), await join(1, "ada"), await join(1, "bob")];
    await group(ada, "a", "bob");
    await bob.find("change");
    bob.send({ type: "signal", signal: { type: "watch", conversationIds: ["a"] } });
    const isHealthy = async (): Promise<boolean[]> =>
      Promise.all(nodes.map(async (node) => (await node.health()).checks.bus.level === "healthy"));
    await expect.poll(isHealthy).toEqual([true, true]);
    await redis.freeze();
    // Were each to wait for Redis, this would take minutes.
    const said: string[] = [];
    const saying = async (client: RawClient, name: string): Promise<() => Promise<void>> => {
      for (let count = 0; count < burst; count += 1) {
        said.push(`${name} ${count}`);
        await client.accepted(message("a", `${name} ${count}`));
      }
      const refused = client.frame(message("a", `${name} at last`));
      client.send(refused);
      expect(await client.answer(refused.id)).toMatchObject({ code: "rate/limited" });
      return async () => {
        said.push(`${name} at last`);
        client.send({ ...refused, id: 1_000 });
        expect(await client.answer(1_000)).toMatchObject({ type: "ack" });
      };
    };
    const again = [await saying(ada, "here"), await saying(other, "there")];
    const token = await nodes[0].issueToken("ada");
    for (let count = 0; count < burst; count += 1)
      expect(await call(nodes[count % 2 ? 0 : 1], "GET /v1/conversations", { token })).toMatchObject({
        status: 200,
      });
    await vi.waitFor(() => expect(texts(bob)).toEqual(said), { timeout: 20_000 });
    await expect.poll(isHealthy, { timeout: 10_000 }).toEqual([false, false]);
    expect((await nodes[0].health()).checks.bus.reason).toBe("other nodes are not heard");
    redis.thaw();
    await expect.poll(isHealthy, { timeout: 20_000 }).toEqual([true, true]);
    // Together they have counted next to nothing: only what was under way when it began to hang.
    for (const say of again) await say();
    ada.send({ type: "signal", signal: { type: "typing", conversationId: "a", active: true } });
    await bob.find("signal", ({ signal }) => signal.type === "typing" && signal.active);
    await vi.waitFor(() => expect(texts(bob)).toEqual(said), { timeout: 20_000 });
    await redis.stop(); // … and all it has counted is forgotten.
  });

  it("[M3] take nothing from any bucket of theirs when one is empty", async () => {
    const minute = { name: "minute", tokens: 1, perMs: 60_000 };
    await open({
      rates: [
        { ...minute, scope: "user", burst: 4 },
        { ...minute, scope: "conversation", burst: 2 },
      ],
    });
    const ada = await join(0, "ada");
    for (const room of ["a", "b"]) await group(ada, room);
    for (const text of ["1", "2"]) await ada.accepted(message("a", text));
    expect(await ada.submit(message("a", "3"))).toMatchObject({ code: "rate/limited" });
    for (const text of ["3", "4"]) await ada.accepted(message("b", text));
    expect(await ada.submit(message("b", "5"))).toMatchObject({ code: "rate/limited" });
  });

  it("[D9] count together how many requests somebody makes over HTTP, and each alone while Redis is away", async () => {
    const [perSecond, atOnce] = [20, 40];
    await open(unhurried, { requestsPerSecond: perSecond });
    const token = await nodes[0].issueToken("ada");
    const accepted = async (): Promise<number> => {
      const both = nodes.flatMap((node) => Array.from({ length: atOnce }, () => node));
      const answers = await Promise.all(both.map((node) => call(node, "GET /v1/conversations", { token })));
      return answers.filter(({ status }) => status === 200).length;
    };
    const begun = performance.now();
    const together = await accepted();
    const cameBack = ((performance.now() - begun) / 1_000) * perSecond;
    expect(together).toBeGreaterThanOrEqual(atOnce);
    expect(together).toBeLessThanOrEqual(atOnce + Math.ceil(cameBack));
    await redis.stop();
    await sleep(1_000 / perSecond); // the longest anybody was told to wait
    expect(await accepted()).toBe(2 * atOnce);
  });

  it("[D9] count together how many requests come from an address, before anything else, and each alone while Redis is away", async () => {
    const [perSecond, atOnce] = [20, 40];
    await open(unhurried, { requestsPerSecondPerAddress: perSecond });
    const begun = performance.now();
    const lookedAt = async (): Promise<number> => {
      const both = nodes.flatMap((node) => Array.from({ length: atOnce }, () => node));
      const answers = await Promise.all(both.map((node) => call(node, "GET /v1/conversations")));
      return answers.filter(({ status }) => status === 401).length;
    };
    const together = await lookedAt();
    const cameBack = ((performance.now() - begun) / 1_000) * perSecond;
    expect(together).toBeGreaterThanOrEqual(atOnce);
    expect(together).toBeLessThanOrEqual(atOnce + Math.ceil(cameBack));
    await redis.stop();
    await sleep(1_000 / perSecond);
    expect(await lookedAt()).toBe(2 * atOnce);
  });

  it("honour a block made, or lifted, on the other at once (row D10)", async () => {
    await open();
    const [ada, eve] = [await join(0, "ada"), await join(1, "eve")];
    await ada.accepted({
      ...{ type: "conversation.create", conversationId: "two", kind: "direct" },
      participants: [{ userId: "eve" }],
    });
    await eve.find("change");
    await eve.accepted(message("two", "so she is known here"));
    const conversationId = notebookOf("ada");
    const on = { conversationId, subject: { kind: "block", conversationId, userId: "eve" } } as const;
    const answered = (answer: string): Promise<void> =>
      vi.waitFor(
        async () => {
          const given = await eve.submit(message("two", "hello"));
          expect(given.type === "reject" ? given.code : given.type).toBe(answer);
        },
        { timeout: 5_000, interval: 50 },
      );
    // By itself it would be read again after a minute.
    await ada.accepted({ type: "note.set", ...on, value: {} });
    await answered("participant/unreachable");
    await ada.accepted({ type: "note.clear", ...on });
    await answered("ack");
  });

  it("tell neither of two whom a block parts how far the other has read, on whichever node, until it is lifted (row D10)", async () => {
    await open();
    const [ada, eve, bob] = [await join(0, "ada"), await join(1, "eve"), await join(1, "bob")];
    await group(ada, "a", "eve", "bob");
    for (const text of ["one", "two", "three"]) await ada.accepted(message("a", text));
    await eve.find("change", ({ change }) => change.rev === 6);
    const conversationId = notebookOf("ada");
    const on = { conversationId, subject: { kind: "block", conversationId, userId: "eve" } } as const;
    const read = (readSeq: number) => ({ type: "receipt.mark", conversationId: "a", readSeq }) as const;
    const known = async (): Promise<readonly string[]> => {
      const { items } = await eve.query({ type: "receipts", conversationId: "a", limit: 10 });
      return items.map(({ userId, readSeq }) => `${userId} ${readSeq}`);
    };
    const knows = (...all: readonly string[]): Promise<void> =>
      vi.waitFor(async () => expect(await known()).toEqual(all), { timeout: 5_000, interval: 50 });
    await ada.accepted(read(1));
    await knows("ada 1");
    await eve.find("receipt", ({ receipt }) => receipt.readSeq === 1);
    await ada.accepted({ type: "note.set", ...on, value: {} });
    await knows();
    await ada.accepted(read(2));
    await bob.find("receipt", ({ receipt }) => receipt.userId === "ada" && receipt.readSeq === 2);
    await bob.accepted(read(2));
    await eve.find("receipt", ({ receipt }) => receipt.userId === "bob");
    expect(eve.all("receipt").map(({ receipt }) => `${receipt.userId} ${receipt.readSeq}`)).toEqual([
      "ada 1",
      "bob 2",
    ]);
    expect(await known()).toEqual(["bob 2"]);
    await ada.accepted({ type: "note.clear", ...on });
    await knows("ada 2", "bob 2");
    await ada.accepted(read(3));
    await eve.find("receipt", ({ receipt }) => receipt.userId === "ada" && receipt.readSeq === 3);
  });

  it("show who is online and who types, whichever node they are on", async () => {
    await open();
    const [ada, bob] = [await join(0, "ada"), await join(1, "bob")];
    await group(ada, "a", "bob");
    await bob.find("change");
    bob.send({ type: "signal", signal: { type: "watch", conversationIds: ["a"] } });
    await bob.find("signal", ({ signal }) => signal.type === "presence" && signal.status === "online");
    ada.send({ type: "signal", signal: { type: "typing", conversationId: "a", active: true } });
    await bob.find("signal", ({ signal }) => signal.type === "typing" && signal.active);
    ada.send({ type: "signal", signal: { type: "presence", status: "away" } });
    await bob.find("signal", ({ signal }) => signal.type === "presence" && signal.status === "away");
    const second = await join(1, "ada");
    await bob.find("signal", ({ signal }) => signal.type === "presence" && signal.status === "online");
    second.socket.close(1000);
    await nodes[0].close();
    await bob.find("signal", ({ signal }) => signal.type === "presence" && signal.status === "offline");
    expect(bob.all("signal").every(({ signal }) => signal.userId === "ada")).toBe(true);
  });

  it("show who is online elsewhere again once a block is lifted, though they have not moved since (row D10)", async () => {
    await open();
    const [ada, eve] = [await join(0, "ada"), await join(1, "eve")];
    await group(eve, "a", "ada");
    await ada.find("change");
    const conversationId = notebookOf("ada");
    const on = { conversationId, subject: { kind: "block", conversationId, userId: "eve" } } as const;
    const shown = (status: PresenceStatus): Promise<unknown> =>
      vi.waitFor(
        () => {
          const of = ada.all("signal").flatMap(({ signal }) => (signal.type === "presence" ? [signal] : []));
          expect(of.findLast((signal) => signal.userId === "eve")?.status).toBe(status);
        },
        { timeout: 5_000, interval: 50 },
      );
    ada.send({ type: "signal", signal: { type: "watch", conversationIds: ["a"] } });
    await shown("online");
    await ada.accepted({ type: "note.set", ...on, value: {} });
    await shown("offline");
    await ada.accepted({ type: "note.clear", ...on });
    await shown("online");
  });

  it("show again who is online, and who is not, once Redis is back, though nobody has moved since", async () => {
    await open();
    const [ada, cy, bob] = [await join(0, "ada"), await join(0, "cy"), await join(1, "bob")];
    await group(ada, "a", "bob", "cy");
    await bob.find("change");
    const shown = (userId: string, status: PresenceStatus): Promise<unknown> =>
      vi.waitFor(
        () => {
          const of = bob.all("signal").flatMap(({ signal }) => (signal.type === "presence" ? [signal] : []));
          expect(of.findLast((signal) => signal.userId === userId)?.status).toBe(status);
        },
        { timeout: 30_000, interval: 50 },
      );
    bob.send({ type: "signal", signal: { type: "watch", conversationIds: ["a"] } });
    await Promise.all([shown("ada", "online"), shown("cy", "online")]);
    await redis.stop();
    ada.send({ type: "signal", signal: { type: "presence", status: "away" } });
    cy.socket.close(1000);
    await ada.accepted(message("a", "nobody hears of it there"));
    await redis.start();
    await Promise.all([shown("ada", "away"), shown("cy", "offline")]);
  });
});
