import type { Link } from "@tidings/core";
import type { SubmitFrame } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { dial, mark, outcome, say, serve, turn, until } from "./harness.ts";
import { ackOf, golden, type Peer, type Script, type ScriptedServer, welcome } from "./scripted-server.ts";

/** A link to a server that does as its script says. */
async function open(script: Script = {}) {
  const server = await serve(script);
  const dialled = dial(server.url);
  const link = await dialled.opened;
  return { server, link, ...dialled, peer: peerOf(server) };
}

function peerOf({ peers: [peer] }: ScriptedServer): Peer {
  if (peer === undefined) throw new Error("nobody connected");
  return peer;
}

const submitsOf = (peer: Peer): SubmitFrame[] => peer.frames.filter((frame) => frame.type === "submit");

describe("submit", () => {
  it("resolves with the server's ack", async () => {
    const frame = golden("ack.message.send");
    const { link } = await open({
      submit: (peer, { id }) => peer.send(frame.type === "ack" ? { ...frame, id } : frame),
    });
    const ack = frame.type === "ack" ? frame.ack : undefined;
    const command = { ...say("hello"), commandId: ack?.commandId ?? "" };
    expect(await link.submit(command)).toEqual(ack);
  });

  it("tells answers apart by id, in whatever order they come", async () => {
    const asked: SubmitFrame[] = [];
    const { link } = await open({
      submit(peer, frame) {
        asked.push(frame);
        if (asked.length === 3) peer.send(...asked.toReversed().map(ackOf));
      },
    });
    const commands = [say("1"), say("2", "other"), say("3")];
    const acks = await Promise.all(commands.map((command) => link.submit(command)));
    expect(acks.map(({ commandId }) => commandId)).toEqual(commands.map(({ commandId }) => commandId));
  });

  it("[D7] numbers ids over the link and lanes per conversation, without a lane for what commutes", async () => {
    const { link, peer } = await open();
    const commands = [say("1", "a"), say("2", "b"), mark("a"), say("3", "a"), say("4", "b")];
    await Promise.all(commands.map((command) => link.submit(command)));
    expect(submitsOf(peer).map(({ id, lane }) => [id, lane])).toEqual([
      [1, 1],
      [2, 1],
      [3, undefined],
      [4, 2],
      [5, 2],
    ]);
  });

  it("[D7] begins each link's lanes with 1", async () => {
    const server = await serve();
    for (let links = 1; links <= 2; links += 1) {
      const link = await dial(server.url).opened;
      await link.submit(say("hello"));
      link.close();
    }
    expect(server.peers.flatMap(submitsOf).map(({ lane }) => lane)).toEqual([1, 1]);
  });

  it("[D7] keeps the order through a refusal for now, however it is submitted again", async () => {
    const taken: string[] = [];
    const server = strictServer({ taken, refuseOnce: new Set(["2", "5"]) });
    const { link } = await open(server);
    let waiting = Array.from({ length: 8 }, (_, index) => say(String(index + 1)));
    for (let round = 1; waiting.length > 0; round += 1) {
      expect(round).toBeLessThan(9);
      const results = await Promise.allSettled(waiting.map((command) => link.submit(command)));
      waiting = waiting.filter((_, index) => results[index]?.status === "rejected");
    }
    expect(taken).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
  });

  it("[D7] lets nothing overtake that was submitted between a refusal and its being heard of", async () => {
    const taken: string[] = [];
    const { refuse, ...server } = strictServer({ taken, refuseOnce: new Set(["1"]) });
    const hasty = say("2");
    let second: Promise<unknown> | undefined;
    const opened: { link?: Link } = {};
    const scripted = await serve({
      ...server,
      // A change in the same message as the refusal makes the client submit before the promise has told it.
      submit: (peer, frame) => (frame.lane === 1 && refuse(peer, frame)) || server.submit(peer, frame),
    });
    const dialled = dial(scripted.url, {
      onEvents([event]) {
        if (event?.type === "change") second ??= outcome(opened.link?.submit(hasty) ?? Promise.resolve());
      },
    });
    opened.link = await dialled.opened;
    const command = say("1");
    const first = outcome(opened.link.submit(command));
    expect([await first, await second]).toEqual(["rate/limited", "command/out-of-order"]);
    await Promise.all([opened.link.submit(command), opened.link.submit(hasty)]);
    expect(taken).toEqual(["1", "2"]);
  });

  it("[D7] uses a number up for what was refused for good, so that it blocks nobody", async () => {
    const { link } = await open({
      submit: (peer, frame) =>
        frame.lane === 1
          ? peer.send({ type: "reject", id: frame.id, code: "permission/muted", retryable: false })
          : peer.send(ackOf(frame)),
    });
    const [poison, next] = await Promise.all([
      outcome(link.submit(say("1"))),
      outcome(link.submit(say("2"))),
    ]);
    expect([poison, next]).toEqual(["permission/muted", expect.objectContaining({ changes: [] })]);
    expect(await outcome(link.submit(say("3")))).toMatchObject({ changes: [] });
  });

  it("rejects with what the server said", async () => {
    const { link } = await open({
      submit: (peer, { id }) =>
        peer.send({
          type: "reject",
          id,
          code: "rate/limited",
          retryable: true,
          retryAfterMs: 1_250,
          expected: 1,
        }),
    });
    await expect(link.submit(say("x"))).rejects.toMatchObject({
      name: "MessagingError",
      code: "rate/limited",
      retryable: true,
      retryAfterMs: 1_250,
    });
  });

  it.each([true, false])("goes by retryable: %s where it does not know the code", async (retryable) => {
    const { link } = await open({
      submit: (peer, { id }) => peer.send({ type: "reject", id, code: "moon/full", retryable }),
    });
    await expect(link.submit(say("x"))).rejects.toMatchObject({ code: "client/unknown", retryable });
    await expect(link.submit(say("x"))).rejects.toThrow(/moon\/full/);
  });

  it("[M7] refuses what is larger than the server takes, alone and without using its number up", async () => {
    const { link, peer } = await open({ hello: (peer) => peer.send(welcome({ frameBytes: 1_000 })) });
    const results = await Promise.all(
      [say("1"), say("x".repeat(1_000)), say("3")].map((each) => outcome(link.submit(each))),
    );
    expect(results[1]).toBe("protocol/too-large");
    expect(submitsOf(peer).map(({ id, lane }) => [id, lane])).toEqual([
      [1, 1],
      [3, 2],
    ]);
    await expect(link.submit(say("x".repeat(1_000)))).rejects.toMatchObject({ retryable: false });
  });

  it("measures a frame in bytes of UTF-8, to the byte", async () => {
    const command = say("ﷺ🙂é".repeat(50));
    const bytes = Buffer.byteLength(JSON.stringify({ type: "submit", id: 1, lane: 1, command }));
    for (const [frameBytes, fits] of [
      [bytes, true],
      [bytes - 1, false],
    ] as const) {
      const { link } = await open({ hello: (peer) => peer.send(welcome({ frameBytes })) });
      const result = await outcome(link.submit(command));
      expect(result === "protocol/too-large").toBe(!fits);
    }
  });

  it("learns from a policy that changed", async () => {
    const { link, peer, events } = await open();
    const policy = {
      ...welcome().welcome.policy,
      limits: { ...welcome().welcome.policy.limits, frameBytes: 500 },
    };
    peer.send({ type: "policy", policy });
    await until(() => expect(events.at(-1)).toEqual({ type: "policy", policy }));
    expect(await outcome(link.submit(say("x".repeat(500))))).toBe("protocol/too-large");
  });

  it("sends the submits of one tick as one WebSocket message", async () => {
    const { link, peer } = await open();
    await Promise.all(Array.from({ length: 100 }, (_, index) => link.submit(say(String(index)))));
    expect(submitsOf(peer).length).toBe(100);
    expect(peer.messages.length).toBeLessThan(6); // hello and a few arrays
  });
});

/** Takes submits only in their lane's order, as the protocol says; refuses some texts once, for now. */
function strictServer({ taken, refuseOnce }: { taken: string[]; refuseOnce: Set<string> }) {
  let expected = 1;
  const refuse = (peer: Peer, { id, command }: SubmitFrame): boolean => {
    const text = command.type === "message.send" && "text" in command.content ? command.content.text : "";
    if (!refuseOnce.delete(text)) return false;
    peer.send(
      { type: "reject", id, code: "rate/limited", retryable: true, expected },
      golden("change.message.send"),
    );
    return true;
  };
  const submit = (peer: Peer, frame: SubmitFrame): void => {
    const { id, lane, command } = frame;
    if (lane !== expected) {
      return peer.send({ type: "reject", id, code: "command/out-of-order", retryable: true, expected });
    }
    if (refuse(peer, frame)) return;
    expected += 1;
    if (command.type === "message.send" && "text" in command.content) taken.push(command.content.text);
    peer.send(ackOf(frame));
  };
  return { submit, refuse };
}

describe("events", () => {
  it("come in the order of the frames, one call per WebSocket message", async () => {
    const { peer, batches, events } = await open();
    const first = [golden("change.message.send"), golden("receipt"), golden("signal.typing")];
    const second = [golden("change.message.edit"), golden("signal.presence")];
    peer.send(...first);
    peer.send(...second);
    await until(() => expect(events.length).toBe(6));
    expect(batches.slice(1)).toEqual([first, second]);
  });

  it("of the same WebSocket message are delivered before an ack in it settles, those behind it too", async () => {
    const before = golden("change.message.send");
    const behind = golden("change.message.edit");
    const { link, events } = await open({ submit: (peer, frame) => peer.send(before, ackOf(frame), behind) });
    const seen = await link.submit(say("x")).then(() => events.slice(1));
    expect(seen).toEqual([before, behind]);
  });

  it("are not made of frames this version does not know", async () => {
    const { peer, link, batches } = await open();
    peer.socket.send(JSON.stringify([{ type: "confetti" }, golden("receipt")]));
    peer.socket.send(JSON.stringify({ type: "confetti" }));
    peer.socket.send("[]");
    await link.ping();
    expect(batches.slice(1)).toEqual([[golden("receipt")]]);
  });
});

describe("query", () => {
  it.each([
    { type: "changes", conversationId: "general", afterRev: 0, limit: 10 },
    { type: "history", conversationId: "general", limit: 10 },
    { type: "conversations", limit: 10 },
    { type: "conversation", conversationId: "general" },
    { type: "participants", conversationId: "general", limit: 10 },
    { type: "receipts", conversationId: "general", limit: 10 },
  ] as const)("$type resolves with the parsed result", async (query) => {
    const { link, peer } = await open();
    const frame = golden(`result.${query.type}`);
    expect(await outcome(link.query(query))).toEqual(frame.type === "result" && frame.result);
    expect(peer.frames.at(-1)).toEqual({ type: "query", id: 1, query });
  });

  it("rejects alone when its result has not the shape it asked for", async () => {
    const { link } = await open({
      query: (peer, { id }) => peer.send({ type: "result", id, result: { items: 7 } }),
    });
    expect(await outcome(link.query({ type: "conversations", limit: 10 }))).toBe("protocol/malformed");
    await link.ping();
  });

  it("rejects with the server's refusal", async () => {
    const { link } = await open({
      query: (peer, { id }) =>
        peer.send({ type: "reject", id, code: "conversation/not-found", retryable: false }),
    });
    const query = link.query({ type: "conversation", conversationId: "secret" });
    await expect(query).rejects.toMatchObject({ code: "conversation/not-found", retryable: false });
  });
});

describe("refresh", () => {
  it("resolves with the new token's life, or nothing if it has no end", async () => {
    const lives = [60_000, undefined];
    const { link, peer } = await open({
      refresh(peer, { id }) {
        const tokenExpiresInMs = lives.shift();
        peer.send({ type: "refreshed", id, ...(tokenExpiresInMs !== undefined && { tokenExpiresInMs }) });
      },
    });
    expect([await link.refresh?.("new"), await link.refresh?.("newer")]).toEqual([60_000, undefined]);
    expect(peer.frames.slice(1)).toEqual([
      { type: "refresh", id: 1, token: "new" },
      { type: "refresh", id: 2, token: "newer" },
    ]);
  });

  it("rejects and leaves the link as it was", async () => {
    const { link } = await open({
      refresh: (peer, { id }) => peer.send({ type: "reject", id, code: "auth/invalid", retryable: false }),
    });
    await expect(link.refresh?.("stolen")).rejects.toMatchObject({ code: "auth/invalid" });
    await link.ping();
  });
});

describe("ping", () => {
  it("counts from 1 and says which pong was the last it saw", async () => {
    const { link, peer } = await open();
    for (let n = 1; n <= 3; n += 1) await link.ping();
    expect(peer.frames.slice(1)).toEqual([
      { type: "ping", n: 1, seen: 0 },
      { type: "ping", n: 2, seen: 1 },
      { type: "ping", n: 3, seen: 2 },
    ]);
  });

  it("[D4] delivers the heads that moved before it resolves, and nothing if none did", async () => {
    const pong = golden("pong.heads");
    const heads = pong.type === "pong" ? pong.heads : [];
    const { link, events } = await open({
      ping: (peer, { n }) => peer.send({ type: "pong", n, heads: n === 1 ? heads : [] }),
    });
    const seen = await link.ping().then(() => events.slice(1));
    expect(seen).toEqual([{ type: "heads", heads }]);
    await link.ping();
    expect(events.length).toBe(2);
  });

  it("resolves at its own pong only", async () => {
    const { link, peer } = await open({ ping: () => {} });
    const settled: number[] = [];
    const pings = [1, 2].map((n) => link.ping().then(() => settled.push(n)));
    await until(() => expect(peer.frames.length).toBe(3));
    peer.send({ type: "pong", n: 2, heads: [] });
    await pings[1];
    await turn();
    expect(settled).toEqual([2]);
    peer.send({ type: "pong", n: 1, heads: [] });
    await Promise.all(pings);
  });

  it("goes out although as many requests wait as may", async () => {
    const { link } = await open({ hello: (peer) => peer.send(welcome({ inFlight: 2 })), submit: () => {} });
    for (let n = 0; n < 10; n += 1) void outcome(link.submit(say(String(n))));
    expect(await outcome(link.ping())).toBeUndefined();
  });

  it("is refused when a crowd of them is unanswered", async () => {
    const { link } = await open({ hello: (peer) => peer.send(welcome({ inFlight: 1 })), ping: () => {} });
    const results: unknown[] = [];
    for (let n = 0; n < 20; n += 1) void outcome(link.ping()).then((result) => results.push(result));
    await until(() => expect(results).toEqual(Array.from({ length: 4 }, () => "protocol/busy")));
  });
});

describe("signal", () => {
  it("goes out as it is", async () => {
    const { link, peer } = await open();
    link.signal({ type: "watch", conversationIds: ["general"] });
    link.signal({ type: "typing", conversationId: "general", active: true });
    await link.ping();
    expect(peer.frames.slice(1, 3)).toEqual([
      { type: "signal", signal: { type: "watch", conversationIds: ["general"] } },
      { type: "signal", signal: { type: "typing", conversationId: "general", active: true } },
    ]);
  });

  it("is left out when it is larger than the server takes", async () => {
    const { link, peer } = await open({ hello: (peer) => peer.send(welcome({ frameBytes: 200 })) });
    link.signal({ type: "watch", conversationIds: ["x".repeat(100), "y".repeat(100)] });
    await link.ping();
    expect(peer.frames.map(({ type }) => type)).toEqual(["hello", "ping"]);
  });
});
