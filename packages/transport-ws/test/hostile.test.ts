import type { ServerFrame } from "@tidings/core/protocol";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closedReason, dial, outcome, say, serve, until } from "./harness.ts";
import { ackOf, golden, type Peer, type Script, welcome } from "./scripted-server.ts";

async function open(script?: Script, options?: Parameters<typeof dial>[1]) {
  const server = await serve(script);
  const dialled = dial(server.url, options);
  const link = await dialled.opened;
  const [peer] = server.peers;
  if (peer === undefined) throw new Error("nobody connected");
  return { ...dialled, link, peer };
}

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
beforeEach(() => {
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
});
afterEach(() => {
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
  if (uncaught.length > 0) throw new AggregateError(uncaught.splice(0), "something was not caught");
});

describe("a hostile server", () => {
  it.each<[string, (peer: Peer) => void, number, string]>([
    ["text that is not JSON", ({ socket }) => socket.send("{"), 4400, "protocol/malformed"],
    ["nothing", ({ socket }) => socket.send(""), 4400, "protocol/malformed"],
    ["a number", ({ socket }) => socket.send("7"), 4400, "protocol/malformed"],
    ["a frame without type", ({ socket }) => socket.send("{}"), 4400, "protocol/malformed"],
    [
      "a known frame in a wrong shape",
      ({ socket }) => socket.send('{"type":"pong","n":-1}'),
      4400,
      "protocol/malformed",
    ],
    ["arrays in arrays", ({ socket }) => socket.send("[".repeat(100_000)), 4400, "protocol/malformed"],
    [
      "too many frames",
      ({ socket }) => socket.send(`[${"{},".repeat(1_000)}{}]`),
      4400,
      "protocol/malformed",
    ],
    [
      "a binary message",
      ({ socket }) => socket.send(Buffer.from('{"type":"pong"}')),
      4400,
      "protocol/malformed",
    ],
    ["a second welcome", (peer) => peer.send(welcome()), 4400, "protocol/malformed"],
    [
      "more text than is bearable",
      ({ socket }) => socket.send("x".repeat(200_001)),
      4413,
      "protocol/too-large",
    ],
  ])("that sends %s is left, with the reason", async (_, send, closeCode, code) => {
    const { peer, link, ...dialled } = await open({}, { maxMessageLength: 200_000 });
    send(peer);
    expect(await closedReason(dialled)).toMatchObject({ code, retryable: false });
    await until(() => expect(peer.closedWith).toBe(closeCode));
    expect(await outcome(link.ping())).toBe("connection/lost");
  });

  it("that sends invalid UTF-8 is left", async () => {
    const { peer, ...dialled } = await open();
    peer.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    expect(await closedReason(dialled)).toMatchObject({ code: "connection/lost" });
  });

  it("delivers nothing of a message that has something malformed in it", async () => {
    const { peer, ...dialled } = await open();
    peer.socket.send(JSON.stringify([golden("change.message.send"), { type: "ack", id: "one" }]));
    await closedReason(dialled);
    expect(dialled.events.map(({ type }) => type)).toEqual(["welcome", "closed"]);
  });

  it.each<ServerFrame>([
    ackOf({ id: 99, command: say("never sent") }),
    { type: "result", id: 99, result: {} },
    { type: "refreshed", id: 99 },
    { type: "reject", id: 99, code: "rate/limited", retryable: true, expected: 7 },
    { type: "pong", n: 99, heads: [{ conversationId: "made-up", rev: 1, seq: 1 }] },
  ])("that answers with $type what nobody asked is not listened to", async (frame) => {
    const { peer, link, events } = await open();
    peer.send(frame);
    await link.ping();
    await link.submit(say("x"));
    expect(events.map(({ type }) => type)).toEqual(["welcome"]);
  });

  it("that answers twice is heard once", async () => {
    const { link, events } = await open({ submit: (peer, frame) => peer.send(ackOf(frame), ackOf(frame)) });
    await link.submit(say("x"));
    await link.ping();
    expect(events.length).toBe(1);
  });

  it.each<[string, (id: number) => ServerFrame]>([
    ["the ack of another command", (id) => ackOf({ id, command: say("another") })],
    ["a result", (id) => ({ type: "result", id, result: {} })],
    ["a refreshed", (id) => ({ type: "refreshed", id })],
  ])("that answers a submit with %s leaves its fate unknown, and is left", async (_, answer) => {
    const { link, peer, ...dialled } = await open({ submit: (peer, { id }) => peer.send(answer(id)) });
    expect(await outcome(link.submit(say("x")))).toBe("connection/lost");
    expect(await closedReason(dialled)).toMatchObject({ code: "protocol/malformed" });
    await until(() => expect(peer.closedWith).toBe(4400));
  });

  it(
    "[D10] that sends whatever comes to its mind never makes the client throw",
    { timeout: 60_000 },
    async () => {
      const server = await serve({ hello: () => {}, submit: () => {}, query: () => {}, ping: () => {} });
      const frame = fc.oneof(
        fc.json(),
        fc.string(),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc
          .array(
            fc.record(
              {
                type: fc.constantFrom(
                  "ack",
                  "reject",
                  "result",
                  "pong",
                  "closing",
                  "policy",
                  "change",
                  "welcome",
                  "new",
                ),
                id: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.anything()),
                n: fc.integer({ min: -1, max: 3 }),
                heads: fc.array(fc.anything(), { maxLength: 2 }),
                code: fc.oneof(fc.string(), fc.constantFrom("rate/limited", "__proto__", "constructor")),
                retryable: fc.boolean(),
                expected: fc.oneof(fc.maxSafeNat(), fc.constant(0)),
                result: fc.anything(),
              },
              { requiredKeys: ["type"] },
            ),
            { maxLength: 4 },
          )
          .map((frames) => JSON.stringify(frames)),
      );
      const play = async (isWelcome: boolean, messages: readonly (string | Buffer)[]): Promise<void> => {
        const dialled = dial(server.url);
        const peer = await until(() => {
          const last = server.peers.at(-1);
          if (!last?.frames.length || server.peers.length !== dials + 1) throw new Error("no hello yet");
          return last;
        });
        dials += 1;
        if (isWelcome) peer.send(welcome());
        for (const message of messages) peer.socket.send(message);
        if (isWelcome) {
          const link = await dialled.opened;
          void outcome(link.submit(say("x")));
          void outcome(link.query({ type: "conversations", limit: 1 }));
          void outcome(link.ping());
        }
        peer.socket.close();
        await outcome(dialled.opened);
        if (isWelcome) await closedReason(dialled);
      };
      let dials = 0;
      const property = fc.asyncProperty(fc.boolean(), fc.array(frame, { maxLength: 5 }), play);
      await fc.assert(property, { numRuns: 150 });
      expect(dials).toBe(150);
    },
  );
});
