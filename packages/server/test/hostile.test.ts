import { closeCodes, defaultPolicy, LONGEST_TEXT } from "@tidings/core/protocol";
import fc from "fast-check";
import { SignJWT, UnsecuredJWT } from "jose";
import { connect, Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServer, issueToken, type TidingsServer } from "../src/index.ts";
import { join, message, newId, RawClient } from "./support/raw-client.ts";
import { roomy, start } from "./support/start.ts";

const secret = "0123456789abcdef0123456789abcdef";

describe("hostile frames", () => {
  let server: TidingsServer;
  beforeAll(async () => {
    server = await createServer({ port: 0, ...roomy });
  });
  afterAll(() => server.close());

  /** The code a link is closed with after `data`; undefined if it goes on. */
  async function codeAfter(client: RawClient, data: string | Buffer): Promise<string | undefined> {
    client.raw(data);
    const going = client.settled().then(
      () => undefined,
      () => "closed",
    );
    const closed = client.closed.then(({ code }) => closeCodes[code] ?? `undocumented ${code}`);
    return Promise.race([going.then((state) => (state === undefined ? undefined : closed)), closed]);
  }

  const submit = (command: unknown): string => JSON.stringify({ type: "submit", id: 1, command });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a number", "42"],
    ["null", "null"],
    ["an array of nothing", "[null]"],
    ["an unknown type", '{"type":"takeover"}'],
    ["a type that is not text", '{"type":{}}'],
    ["a prototype", '{"__proto__":{"type":"ping"},"constructor":1}'],
    ["deep nesting", "[".repeat(30_000) + "]".repeat(30_000)],
    ["deep objects", '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000)],
    ["too many frames", `[${Array(1_001).fill('{"type":"ping","n":1,"seen":0}').join(",")}]`],
    ["a negative number", '{"type":"ping","n":-1,"seen":0}'],
    [
      "a watch list that is too long",
      JSON.stringify({
        type: "signal",
        signal: { type: "watch", conversationIds: Array(51).fill("general") },
      }),
    ],
    ["a submit without an id", '{"type":"submit","command":{}}'],
    ["a binary frame", Buffer.from([1, 2, 3])],
  ])("closes the link for %s, with protocol/malformed", async (_what, data) => {
    const client = await join(server, "eve");
    expect(await codeAfter(client, data)).toBe("protocol/malformed");
    expect(client.all("closing")).toMatchObject([{ code: "protocol/malformed" }]);
  });

  it("[M7] closes the link for 10 MB, with protocol/too-large, before they have arrived", async () => {
    const client = await join(server, "eve");
    expect(await codeAfter(client, submit(message("general", "x".repeat(10_000_000))))).toBe(
      "protocol/too-large",
    );
  });

  it.each([
    ["no command", undefined],
    [
      "a command of an unknown type",
      { type: "message.shout", commandId: newId(), conversationId: "general", at: 1 },
    ],
    ["a command without its text", { ...message("general", ""), content: {}, commandId: newId(), at: 1 }],
    ["an id of another kind", { ...message("general", "hi"), commandId: "7", at: 1 }],
    ["an id in capitals", { ...message("general", "hi"), commandId: newId().toUpperCase(), at: 1 }],
    [
      "deep custom data",
      {
        ...message("general", "hi"),
        commandId: newId(),
        at: 1,
        custom: JSON.parse('{"a":'.repeat(50) + "1" + "}".repeat(50)),
      },
    ],
    [
      "wide custom data",
      { ...message("general", "hi"), commandId: newId(), at: 1, custom: { list: Array(2_000).fill(0) } },
    ],
    [
      "a text that is not one",
      { ...message("general", "hi"), content: { text: ["hi"] }, commandId: newId(), at: 1 },
    ],
    ["a time that is not one", { ...message("general", "hi"), commandId: newId(), at: 1e300 }],
  ])("refuses %s with command/malformed, and goes on", async (_what, command) => {
    const client = await join(server, "eve");
    client.raw(submit(command));
    expect(await client.answer(1)).toMatchObject({
      type: "reject",
      code: "command/malformed",
      retryable: false,
    });
    await client.settled();
  });

  it("refuses a query it cannot understand with query/malformed, and goes on", async () => {
    const client = await join(server, "eve");
    client.raw(JSON.stringify({ type: "query", id: 1, query: { type: "everything" } }));
    expect(await client.answer(1).catch(() => undefined)).toMatchObject({ code: "query/malformed" });
    await client.settled();
  });

  it("refuses a text longer than the policy allows, though the wire would carry it", async () => {
    expect(LONGEST_TEXT).toBeGreaterThan(defaultPolicy.limits.textLength);
    const client = await join(server, "eve");
    expect(await client.refused(message("general", "x".repeat(10_001)))).toBe("draft/too-long");
  });

  it("refuses an unknown conversation, whatever is asked of it", async () => {
    const client = await join(server, "eve");
    expect(await client.refused(message("nowhere", "hi"))).toBe("conversation/not-found");
    expect(await client.ask({ type: "history", conversationId: "nowhere", limit: 1 })).toMatchObject({
      code: "conversation/not-found",
    });
  });

  it("[D8] refuses another user's command id, and says nothing of the command", async () => {
    const ada = await join(server, "ada");
    const eve = await join(server, "eve");
    const { commandId } = await ada.say("general", "mine");
    const answer = await eve.submit({ ...message("general", "stolen"), commandId });
    expect(answer).toEqual({
      ...{ type: "reject", id: 1, code: "command/id-taken", retryable: false },
      message: "unable to accept the command; its id is in use",
    });
  });

  it("is not moved by 10,000 frames of chance: each gets a documented code or an answer, and memory stays flat", async () => {
    const id = fc.oneof(fc.constant("general"), fc.string({ maxLength: 140 }), fc.constant(newId()));
    const anything = fc.anything({ maxDepth: 3, withNullPrototype: false });
    const mess = fc.oneof(anything, id, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
    const types = [
      "message.send",
      "message.edit",
      "message.react",
      "receipt.mark",
      "conversation.create",
      "participant.add",
      "participant.join",
      "conversation.status",
    ];
    const fields = {
      type: fc.constantFrom(...types),
      commandId: fc.oneof(fc.constantFrom(newId(), newId()), id),
      conversationId: id,
      at: fc.oneof(fc.nat(), mess),
    };
    const extra = fc.dictionary(
      fc.constantFrom(
        "content",
        "kind",
        "emoji",
        "userId",
        "messageId",
        "custom",
        "participants",
        "status",
        "readSeq",
      ),
      mess,
    );
    const command = fc
      .tuple(fc.record(fields, { requiredKeys: [] }), extra)
      .map((parts) => Object.assign({}, ...parts));
    const query = fc.record(
      {
        type: fc.constantFrom(
          "changes",
          "history",
          "conversations",
          "participants",
          "reactors",
          "everything",
        ),
        conversationId: id,
        limit: mess,
        afterRev: mess,
        after: mess,
      },
      { requiredKeys: [] },
    );
    const frame = fc.oneof(
      fc.record(
        { type: fc.constant("submit"), id: fc.nat(), lane: mess, command },
        { requiredKeys: ["type", "id", "command"] },
      ),
      fc.record({ type: fc.constant("query"), id: fc.nat(), query }),
      fc.record({
        type: fc.constant("signal"),
        signal: fc.record({
          type: fc.constantFrom("typing", "presence", "watch"),
          conversationId: id,
          active: mess,
          conversationIds: mess,
        }),
      }),
      fc.record({
        type: fc.constantFrom("hello", "refresh", "ping", "welcome"),
        id: mess,
        token: mess,
        n: mess,
        seen: mess,
        clientId: mess,
        version: mess,
      }),
      mess,
    );
    const structured = frame.map((value) => toJson(value));
    const lists = fc.array(frame, { maxLength: 5 }).map((value) => toJson(value));
    const raw = fc.oneof(fc.string({ maxLength: 60 }), fc.json({ maxDepth: 2 }));
    const samples = fc.sample(
      fc.oneof(
        { weight: 6, arbitrary: structured },
        { weight: 2, arbitrary: lists },
        { weight: 1, arbitrary: raw },
      ),
      { numRuns: 10_000, seed: 1 },
    );

    const codes = new Map<string, number>();
    let client = await join(server, "mallory");
    const spend = async (from: number, to: number): Promise<void> => {
      for (const data of samples.slice(from, to)) {
        if (client.socket.readyState !== client.socket.OPEN) client = await join(server, "mallory");
        const code = (await codeAfter(client, data)) ?? "goes on";
        codes.set(code, (codes.get(code) ?? 0) + 1);
        for (const { code: refusal } of client.all("reject"))
          codes.set(refusal, (codes.get(refusal) ?? 0) + 1);
        client.frames.length = 0;
      }
    };
    await spend(0, 3_000);
    const before = heapAfterCollection();
    await spend(3_000, 10_000);
    const grownBytes = heapAfterCollection() - before;

    expect([...codes.keys()].filter((code) => code.startsWith("undocumented"))).toEqual([]);
    expect(codes.get("goes on")).toBeGreaterThan(1_000);
    expect(codes.get("protocol/malformed")).toBeGreaterThan(1_000);
    expect(codes.get("command/malformed")).toBeGreaterThan(100);
    expect(grownBytes).toBeLessThan(12_000_000);
    const ada = await join(server, "ada");
    await ada.say("general", "still here");
  }, 120_000);

  it("closes the link for bytes that are no WebSocket frames, with a code of RFC 6455", async () => {
    const bytes = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), { numRuns: 100, seed: 2 });
    const ends = await Promise.all(
      bytes.map(async (noise) => {
        const client = await new RawClient(server.url).opened();
        streamOf(client).write(noise);
        streamOf(client).end();
        return (await client.closed).code;
      }),
    );
    // Protocol error, text that is not UTF-8, too large; none, where the noise was the beginning of a frame.
    expect(ends.filter((code) => ![1002, 1005, 1006, 1007, 1009].includes(code))).toEqual([]);
    expect(ends.filter((code) => code === 1002).length).toBeGreaterThan(50);
  });

  it("survives a connection cut in the middle of the handshake, or of a frame", async () => {
    const { port } = server;
    for (const text of [
      "",
      "GET / HTTP/1.1\r\n",
      "\0\0\0",
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.write(text, () => socket.destroy());
        });
        socket.on("close", () => resolve()).on("error", () => {});
      });
    }
    const ada = await join(server, "ada");
    await ada.settled();
    expect(server.connections).toBeGreaterThan(0);
  });
});

describe("hostile tokens", () => {
  const claims = { sub: "eve", iss: "tidings", aud: "tidings", exp: Math.floor(Date.now() / 1_000) + 60 };
  const sign = (changed: Record<string, unknown>, key = secret): Promise<string> =>
    new SignJWT({ ...claims, ...changed })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(key));

  it.each([
    ["expired", () => issueToken({ secret, userId: "eve", expiresInMs: -60_000 }), "auth/expired", 4419],
    ["signed by nobody (alg none)", async () => new UnsecuredJWT(claims).encode(), "auth/invalid", 4401],
    ["for another audience", () => sign({ aud: "elsewhere" }), "auth/invalid", 4401],
    ["from another issuer", () => sign({ iss: "somebody" }), "auth/invalid", 4401],
    ["signed with another secret", () => sign({}, "another-secret-of-thirty-two-byte"), "auth/invalid", 4401],
    ["no token at all", async () => "let me in", "auth/invalid", 4401],
  ])("closes the link of one that is %s", async (_what, make, code, closeCode) => {
    const server = await start({ secret });
    const client = await new RawClient(server.url).opened();
    client.hello(await make());
    expect(await client.closed).toEqual({ code: closeCode, reason: code });
    expect(client.all("closing")).toMatchObject([{ code }]);
    expect(client.all("welcome")).toEqual([]);
  });
});

/** JSON of anything, also of what JSON has no words for. */
function toJson(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? Number(part) : part)) ?? ""
    );
  } catch {
    return "[]";
  }
}

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

function heapAfterCollection(): number {
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}

/** The connection under a client's WebSocket. */
function streamOf(client: RawClient): Socket {
  const found = Object.values(client.socket).find((value) => value instanceof Socket);
  if (!found) throw new Error("the link is closed");
  return found;
}
