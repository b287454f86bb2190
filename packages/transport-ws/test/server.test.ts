import type { Link, LinkEvent } from "@tidings/core";
import type { Change, Command } from "@tidings/core/protocol";
import { createServer, type ServerOptions } from "@tidings/server";
import { createFaultProxy } from "@tidings/server/testing";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { webSocketTransport } from "../src/web-socket-transport.ts";
import { closedReason, mark, outcome, say, until } from "./harness.ts";

/** The real server, behind a bad network. */
const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const generous = [{ name: "minute", scope: "user", tokens: 100_000, perMs: 60_000, burst: 100_000 }] as const;

async function setUp(options: ServerOptions = {}) {
  const server = await createServer({ port: 0, policy: { rates: generous }, ...options });
  undo.push(() => server.close());
  const proxy = await createFaultProxy({ target: { port: server.port } });
  undo.push(() => proxy.close());
  const dial = async (userId: string, options: { token?: string | undefined } = {}) => {
    const events: LinkEvent[] = [];
    const receive = (batch: readonly LinkEvent[]): void => void events.push(...batch);
    const transport = webSocketTransport({ url: proxy.url, WebSocket });
    const token = "token" in options ? options.token : await server.issueToken(userId);
    const request = { token, clientId: `${userId}-1`, receive };
    const opened = transport.open(request, new AbortController().signal);
    void opened.then((link) => undo.push(() => link.close())).catch(() => {});
    return { opened, events };
  };
  const join = async (userId: string) => {
    const { opened, events } = await dial(userId);
    return { link: await opened, events };
  };
  return { server, proxy, dial, join };
}

const changesIn = (events: readonly LinkEvent[]): Change[] =>
  events.flatMap((event) => (event.type === "change" ? [event.change] : []));

const said = (events: readonly LinkEvent[]): string[] =>
  changesIn(events).flatMap(({ record }) =>
    record.type === "message" && "text" in record.content ? [record.content.text] : [],
  );

/** Submits all, and those refused for now again, until none is left: what an outbox does. */
async function submitAll(link: Link, commands: readonly Command[]): Promise<void> {
  let waiting = commands;
  while (waiting.length > 0) {
    const results = await Promise.allSettled(waiting.map((command) => link.submit(command)));
    waiting = waiting.filter((_, index) => results[index]?.status === "rejected");
  }
}

describe("with the real server", () => {
  it("opens a link, says something, and hears it at the other end", async () => {
    const { join } = await setUp();
    const ada = await join("ada");
    const ben = await join("ben");
    const command = say("hello");
    const ack = await ada.link.submit(command);
    expect(ack).toMatchObject({
      commandId: command.commandId,
      changes: [{ kind: "message.send", actorId: "ada" }],
    });
    await until(() => expect(said(ben.events)).toEqual(["hello"]));
    expect(ada.events[0]).toMatchObject({ type: "welcome", welcome: { userId: "ada" } });
  });

  it("asks, pings, refreshes and signals", async () => {
    const { join, server } = await setUp();
    const ada = await join("ada");
    const ben = await join("ben");
    await ben.link.submit(say("hello"));
    const page = await ada.link.query({ type: "history", conversationId: "general", limit: 10 });
    expect(page.messages.map(({ authorId }) => authorId)).toEqual(["ben"]);
    await ada.link.ping();
    expect(await ada.link.refresh?.(await server.issueToken("ada", { expiresInMs: 60_000 }))).toBeGreaterThan(
      50_000,
    );
    expect(await outcome(ada.link.refresh?.("nonsense") ?? Promise.resolve())).toBe("auth/invalid");
    ada.link.signal({ type: "watch", conversationIds: ["general"] });
    await ada.link.ping();
    ben.link.signal({ type: "typing", conversationId: "general", active: true });
    await until(() =>
      expect(ada.events).toContainEqual({
        type: "signal",
        signal: { type: "typing", conversationId: "general", userId: "ben", active: true },
      }),
    );
    expect(await outcome(ada.link.submit(mark()))).toMatchObject({
      receipt: { readSeq: 1 },
    });
  });

  it("[D7] keeps 500 pipelined submits in order over a slow line", { timeout: 20_000 }, async () => {
    const { join, proxy } = await setUp();
    const ada = await join("ada");
    const ben = await join("ben");
    proxy.set({ latencyMs: 5, jitterMs: 10 });
    const texts = Array.from({ length: 500 }, (_, index) => String(index));
    await submitAll(
      ada.link,
      texts.map((text) => say(text)),
    );
    await until(() => expect(said(ben.events).length).toBe(500));
    expect(said(ben.events)).toEqual(texts);
  });

  it("[D7] keeps order through the server's own refusals for now", { timeout: 20_000 }, async () => {
    const rates = [{ name: "second", scope: "user", tokens: 200, perMs: 1_000, burst: 5 }] as const;
    const { join } = await setUp({ policy: { rates } });
    const ada = await join("ada");
    const ben = await join("ben");
    const texts = Array.from({ length: 30 }, (_, index) => String(index));
    await submitAll(
      ada.link,
      texts.map((text) => say(text)),
    );
    await until(() => expect(said(ben.events)).toEqual(texts));
  });

  it("[D2] takes effect once however often the connection breaks under it", { timeout: 20_000 }, async () => {
    const { join, proxy } = await setUp();
    const commands = Array.from({ length: 200 }, (_, index) => say(String(index)));
    let waiting: readonly Command[] = commands;
    let cuts = 0;
    for (let links = 1; waiting.length > 0; links += 1) {
      expect(links).toBeLessThan(60);
      const { link } = await join("ada");
      if (links <= 10) proxy.cutAfter(1_000 * links, links % 2 ? "up" : "down");
      const results = await Promise.allSettled(waiting.map((command) => link.submit(command)));
      waiting = waiting.filter((_, index) => results[index]?.status === "rejected");
      link.close();
      cuts += results.some(({ status }) => status === "rejected") ? 1 : 0;
    }
    expect(cuts).toBeGreaterThan(5);
    const { link } = await join("eve");
    const page = await link.query({ type: "history", conversationId: "general", limit: 100 });
    const older = await link.query({
      type: "history",
      conversationId: "general",
      before: page.fromSeq,
      limit: 100,
    });
    const texts = [...older.messages, ...page.messages].map(({ content }) =>
      "text" in content ? content.text : "",
    );
    expect(texts).toEqual(commands.map((_, index) => String(index)));
  });

  it.each([
    ["no token at all", undefined, "auth/required"],
    ["a token that is none", "nonsense", "auth/invalid"],
  ])("is refused with %s", async (_, token, code) => {
    const { dial } = await setUp();
    const { opened } = await dial("ada", { token });
    expect(await outcome(opened)).toBe(code);
  });

  it("is told that its token has expired, which is not the same as invalid", async () => {
    const { dial, server } = await setUp();
    const { opened } = await dial("ada", { token: await server.issueToken("ada", { expiresInMs: -60_000 }) });
    await expect(opened).rejects.toMatchObject({ code: "auth/expired", retryable: true });
  });

  it("is told to come back when the server drains, after its answers", async () => {
    const { join, server } = await setUp();
    const ada = await join("ada");
    const submits = Array.from({ length: 50 }, (_, index) => outcome(ada.link.submit(say(String(index)))));
    await submits[0];
    await server.close();
    const results = await Promise.all(submits);
    expect(results.filter((result) => typeof result !== "object")).toEqual([]);
    expect(await closedReason(ada)).toMatchObject({ code: "server/draining", retryable: true });
  });

  it("stays open in a black hole until its owner gives it up", async () => {
    const { join, proxy } = await setUp();
    const ada = await join("ada");
    proxy.set({ blackHole: true });
    const ping = outcome(ada.link.ping());
    expect(ada.events.some(({ type }) => type === "closed")).toBe(false);
    ada.link.close();
    expect(await ping).toBe("connection/lost");
  });
});
