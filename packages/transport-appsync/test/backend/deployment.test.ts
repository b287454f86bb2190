import type { LinkEvent } from "@tidings/core";
import { type TransportBench, transportConformance, virtualClock } from "@tidings/core/testing";
import type { ChangesPage, Command, SendMessage } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { appSyncTransport } from "../../src/index.ts";
import { createEndpoint } from "../endpoint/endpoint.ts";
import { createLoopback, ORIGIN } from "../endpoint/loopback.ts";
import { serveEndpoint } from "../endpoint/serve.ts";
import { authenticate, mark, newId, say } from "../harness.ts";
import { deploy } from "./deployment.ts";

const conversationId = "general";
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const join = (): Command => ({ type: "participant.join", commandId: newId(), conversationId, at: 0 });

/** HTTP and WebSockets of this machine, AppSync's rules, and behind them what the template deploys. Bob is in. */
async function bench(): Promise<TransportBench> {
  const { resolvers, faults } = await deploy({ travel: nextTurn });
  const { endpoint, url, cut, close } = await serveEndpoint({ resolvers, authenticate });
  await endpoint.act("bob", join());
  const typing = { type: "typing", conversationId, active: true };
  return {
    transport: appSyncTransport({ endpoint: url, WebSocket }),
    conversationId,
    token: "ada",
    badTokens: { "auth/expired": "old", "auth/invalid": "forged" },
    backend: {
      say: (text) => endpoint.act("bob", say(text)),
      type: () => endpoint.signal("bob", conversationId, typing),
      read: () => endpoint.act("bob", mark(1)),
      links: () => endpoint.links,
      hold: () => endpoint.hold(),
      release: () => endpoint.release(),
      refuseNext() {
        faults.refuseNextMs = 1_500;
        return { code: "server/unavailable", retryAfterMs: 1_500 };
      },
      garbleNext: () => endpoint.garbleNext(),
      cut,
      close,
    },
  };
}

describe("what the template deploys, behind what AppSync is to its clients", () => {
  transportConformance({
    ...{ describe, it, create: bench, report: () => {} },
    name: "appSyncTransport, with the resolvers and the function on DynamoDB's rules",
    supports: {
      ...{ pipelining: false, signals: true, receipts: true },
      ...{ tokens: true, farewells: false, garbling: true },
    },
  });
});

/** The same on simulated time, without a network. */
async function open() {
  const clock = virtualClock(1_790_000_000_000, nextTurn);
  const deployed = await deploy({ clock });
  const endpoint = createEndpoint({ resolvers: deployed.resolvers, authenticate, origin: ORIGIN, clock });
  const enter = async (userId: string) => {
    const heard: LinkEvent[] = [];
    const { fetch, WebSocket } = createLoopback(endpoint);
    const transport = appSyncTransport({ endpoint: `${ORIGIN}/graphql`, fetch, WebSocket, clock });
    const receive = (events: readonly LinkEvent[]): void => void heard.push(...events);
    const request = { token: userId, clientId: userId, receive };
    const link = await transport.open(request, new AbortController().signal);
    const hears = (what: string): boolean => JSON.stringify(heard).includes(what);
    return { link, heard, hears };
  };
  return { ...deployed, clock, endpoint, enter };
}

describe("the resolvers", () => {
  it.each(["nobody hears of what the function did", "nobody hears of what the table did"])(
    "[D2] do a command once that comes again, though %s",
    async (how) => {
      const { enter, faults, dynamo } = await open();
      const [ada, bob] = [await enter("ada"), await enter("bob")];
      const lost = say("once");
      if (how.includes("function")) faults.losing = 1;
      else dynamo.faults.unheard = 1;
      await expect(ada.link.submit(lost)).rejects.toMatchObject({ retryable: true });
      expect(await ada.link.submit(lost)).toMatchObject({ changes: [{ record: { seq: 1 } }] });
      const { messages } = await bob.link.query({ type: "history", conversationId, limit: 10 });
      expect(messages).toHaveLength(1);
    },
  );

  it.each(["throttled", "hot"] as const)(
    "[D1] [D2] refuse for now what the table has no room for, and do it once when it has: %s",
    async (fault) => {
      const { enter, dynamo } = await open();
      const ada = await enter("ada");
      const message = say("patience");
      dynamo.faults[fault] = 1;
      const { TransactWriteItems: before = 0 } = dynamo.counts;
      for (let tries = 0; tries < 2; tries += 1)
        await expect(ada.link.submit(message)).rejects.toMatchObject({
          ...{ code: "server/unavailable", retryable: true, retryAfterMs: 1_000 },
        });
      // The client waits before it tries again; the function does not try in its stead.
      expect((dynamo.counts["TransactWriteItems"] ?? 0) - before).toBe(fault === "hot" ? 2 : 0);
      dynamo.faults[fault] = 0;
      expect(await ada.link.submit(message)).toMatchObject({ changes: [{ record: { seq: 1 } }] });
      const { messages } = await ada.link.query({ type: "history", conversationId, limit: 10 });
      expect(messages).toHaveLength(1);
      ada.link.close();
    },
  );

  it("[D8] tell who is invited and who is removed, and end what is heard of the latter: their sockets with it", async () => {
    const { enter, clock, endpoint } = await open();
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    const stamp = () => ({ conversationId: "team", commandId: newId(), at: 0 });
    const participants = [{ userId: "bob" }];
    await ada.link.submit({ type: "conversation.create", ...stamp(), kind: "group", participants });
    await clock.advance(100);
    expect(bob.hears('"conversation.create"')).toBe(true);
    bob.link.signal({ type: "watch", conversationIds: ["team"] });
    await clock.advance(100);
    await ada.link.submit(say("hi team", "team"));
    ada.link.signal({ type: "watch", conversationIds: ["team"] });
    ada.link.signal({ type: "typing", conversationId: "team", active: true });
    await clock.advance(100);
    expect([bob.hears("hi team"), bob.hears('"typing"')]).toEqual([true, true]);
    await ada.link.submit({ type: "participant.remove", userId: "bob", ...stamp() });
    await clock.advance(100);
    expect(bob.hears('"participant.remove"')).toBe(true);
    expect(bob.heard.at(-1)).toMatchObject({ type: "closed", reason: { code: "connection/lost" } });
    const back = await enter("bob");
    await ada.link.submit(say("a secret", "team"));
    await ada.link.submit(say("goodbye"));
    await clock.advance(100);
    expect([back.hears("goodbye"), back.hears("a secret")]).toEqual([true, false]);
    const { errors } = await endpoint.signal("bob", "team", { type: "typing", active: true });
    expect(errors).toMatchObject([{ errorType: "conversation/not-found" }]);
    const refused = back.link.submit(say("let me in", "team"));
    await expect(refused).rejects.toMatchObject({ code: "conversation/not-found" });
    for (const { link } of [ada, back]) link.close();
  });

  it("[D2] [D3] [D4] take eight writers at once, each third message twice, and a reader misses none", async () => {
    const { resolvers, endpoint, clock, dynamo } = await open();
    Object.assign(dynamo.faults, { throttled: 0.01, unprocessed: 0.1 });
    const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const read = async (cursor: number): Promise<ChangesPage> => {
      const query = { type: "changes", conversationId, afterRev: cursor, limit: 7 };
      const page = await resolvers.resolve("ask", { query }, { userId: "founder" }).catch(() => undefined);
      return page ? Object(page) : read(cursor);
    };
    /** As a client does: until it is accepted, or refused for good. */
    const submit = async (userId: string, command: Command): Promise<void> => {
      for (;;) {
        const { errors } = await endpoint.act(userId, command);
        if (!errors) return;
        expect(errors).toMatchObject([{ errorInfo: { retryable: true } }]);
      }
    };
    const sent: SendMessage[] = [];
    let isWriting = true;
    const writing = Promise.all(
      writers.map(async (userId) => {
        await submit(userId, join());
        for (let index = 0; index < 25; index += 1) {
          const command = say(`${userId} ${index}`);
          sent.push(command);
          await Promise.all([submit(userId, command), ...(index % 3 ? [] : [submit(userId, command)])]);
        }
      }),
    ).finally(() => (isWriting = false));
    const revs: number[] = [];
    const seqs: number[] = [];
    const ids = new Set<string>();
    for (let cursor = 0, isLast = false; !isLast;) {
      await clock.advance(5);
      isLast = !isWriting;
      const page = await read(cursor);
      for (const record of page.records) {
        revs.push(record.rev);
        if (record.type !== "message") continue;
        seqs.push(record.seq);
        ids.add(record.id);
      }
      cursor = page.upTo;
      isLast &&= page.upTo === page.head.rev;
    }
    await writing;
    expect(revs).toEqual(revs.map((_, index) => index + 1));
    expect(seqs).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(ids).toEqual(new Set(sent.map(({ commandId }) => commandId)));
    const { TransactWriteItems = 0 } = dynamo.counts;
    expect(TransactWriteItems).toBeGreaterThan(200); // they were in each other's way
  });
});
