import { randomUUID } from "node:crypto";
import type { ServerFrame } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createServer, type TidingsServer } from "@tidings/server";
import { newId } from "../src/gateway/ids.ts";
import { type Came, httpPeer, type HttpPeer } from "./support/http-link.ts";

const LONG_MS = 20_000;
const rates = [{ name: "minute", scope: "user", tokens: 10_000, perMs: 60_000, burst: 10_000 }] as const;

let server: TidingsServer;
/** One with little room, that sends away whoever's token has ended. */
let narrow: TidingsServer;
beforeAll(async () => {
  server = await createServer({ port: 0, policy: { rates }, bounds: { backlogBytes: 40_000 } });
  const bounds = { tokenGraceMs: 0, connectionsPerAddress: 3 };
  narrow = await createServer({ port: 0, lobbies: [], bounds });
});
afterAll(() => Promise.all([server.close(), narrow.close()]));

let people = 0;
/** Somebody new, whose welcome has been heard: the next of theirs is the second, the next to hear too. */
async function enter(at = server, userId = `user-${(people += 1)}`): Promise<HttpPeer> {
  const peer = httpPeer(at);
  const { frames } = await peer.enter(await at.issueToken(userId));
  expect(frames.map(({ type }) => type)).toEqual(["welcome"]);
  return peer;
}

function saying(text: string, id = 1, lane = id): object {
  const command = { type: "message.send", commandId: newId(), conversationId: "general", at: 0 };
  return { type: "submit", id, lane, command: { ...command, kind: "text", content: { text } } };
}

const typesOf = ({ frames }: Came): readonly string[] => frames.map(({ type }) => type);
const textsIn = (frames: readonly ServerFrame[]): readonly unknown[] =>
  frames.flatMap((frame) => {
    if (frame.type !== "change") return [];
    const { record } = frame.change;
    return record.type === "message" && "text" in record.content ? [record.content.text] : [];
  });
const pinging = { type: "ping", n: 1, seen: 0 } as const;

/** How often a text was said, as the server keeps it. */
async function timesSaid(text: string): Promise<number> {
  const reader = await enter();
  const query = { type: "history", conversationId: "general", limit: 100 };
  await reader.exchange({ first: 2, seen: 1 }, [{ type: "query", id: 1, query }]);
  const { body } = await reader.exchange({ first: 3, seen: 1, waitMs: LONG_MS });
  return body.split(`"text":"${text}"`).length - 1;
}

describe("a link over HTTP", () => {
  it("begins, says, hears and ends, and counts as a connection", async () => {
    const before = server.connections;
    const ada = await enter();
    expect(server.connections).toBe(before + 1);
    const said = await ada.exchange({ first: 2, seen: 1 }, [saying("hello")]);
    expect(said.answer).toEqual({ head: { first: 2, seen: 2 }, messages: [] });
    expect(typesOf(await ada.exchange({ first: 3, seen: 1, waitMs: LONG_MS }))).toContain("ack");
    await ada.exchange({ first: 3, seen: 2, closes: 1000 });
    expect(server.connections).toBe(before);
    const after = await ada.exchange({ first: 3, seen: 2, waitMs: LONG_MS });
    expect([after.status, JSON.parse(after.body).code]).toEqual([404, "connection/lost"]);
  });

  it("[D2, D4, T7] says again what was in an answer that got lost, under the same number", async () => {
    const ada = await enter();
    await ada.exchange({ first: 2, seen: 1 }, [pinging]);
    const lost = await ada.exchange({ first: 3, seen: 1, waitMs: LONG_MS });
    expect(typesOf(lost)).toEqual(["pong"]);
    await ada.exchange({ first: 3, seen: 1 }, [{ ...pinging, n: 2 }]);
    const again = await ada.exchange({ first: 4, seen: 1, waitMs: LONG_MS });
    expect(again.answer?.head.first).toBe(2);
    expect(again.answer?.messages[0]).toBe(lost.answer?.messages[0]);
    expect(again.frames).toMatchObject([{ n: 1 }, { n: 2 }]);
    const next = await ada.exchange({ first: 4, seen: 3, waitMs: 1 });
    expect(next.answer).toEqual({ head: { first: 4, seen: 3 }, messages: [] });
  });

  it("[D2] takes once what is said again because the answer to it got lost", async () => {
    const ada = await enter();
    const text = randomUUID();
    const [one, two] = [saying(text, 1), saying("two", 2)];
    await ada.exchange({ first: 2, seen: 1 }, [one]);
    const again = await ada.exchange({ first: 2, seen: 1 }, [one, two]);
    expect(again.answer?.head.seen).toBe(3);
    const acked = new Set<unknown>();
    let seen = 1;
    await vi.waitFor(async () => {
      const { answer, frames } = await ada.exchange({ first: 4, seen, waitMs: LONG_MS });
      seen += answer?.messages.length ?? 0;
      for (const frame of frames) if (frame.type === "ack") expect(acked.add(frame.id).size).toBeLessThan(3);
      expect([...acked]).toEqual([1, 2]);
    });
    expect(await timesSaid(text)).toBe(1);
  });

  it("[D2] begins once, however often that is asked", async () => {
    const peer = httpPeer(server);
    const token = await server.issueToken("twice");
    const before = server.connections;
    const [first, second] = await Promise.all([peer.enter(token), peer.enter(token)]);
    expect(server.connections).toBe(before + 1);
    const welcomes = [first, second].filter((came) => came.frames.length > 0);
    expect(welcomes).toHaveLength(1);
  });

  it("[D7] takes nothing that has a gap before it, and says from where on", async () => {
    const ada = await enter();
    const early = await ada.exchange({ first: 3, seen: 1 }, [saying("early", 2, 2)]);
    expect(early.answer?.head.seen).toBe(1);
    const whole = await ada.exchange({ first: 2, seen: 1 }, [saying("first"), saying("early", 2, 2)]);
    expect(whole.answer?.head.seen).toBe(3);
  });

  it("of two polls at once answers the first with nothing, and the second with all there is", async () => {
    const ada = await enter();
    const first = ada.exchange({ first: 2, seen: 1, waitMs: LONG_MS });
    await vi.waitFor(async () => expect(typesOf(await ada.exchange({ first: 2, seen: 1 }))).toEqual([]));
    const second = ada.exchange({ first: 2, seen: 1, waitMs: LONG_MS });
    const winner = await Promise.race([first, second]);
    expect(winner.answer).toEqual({ head: { first: 2, seen: 1 }, messages: [] });
    await ada.exchange({ first: 2, seen: 1 }, [pinging]);
    const came = await Promise.all([first, second]);
    expect(came.map(typesOf)).toEqual([[], ["pong"]]);
  });

  it("[D4] keeps for the next poll what came after the last was given up", async () => {
    const ada = await enter();
    const controller = new AbortController();
    const given = ada.exchange({ first: 2, seen: 1, waitMs: LONG_MS }, [], controller.signal);
    await ada.exchange({ first: 2, seen: 1 });
    controller.abort();
    await expect(given).rejects.toThrow(/abort/);
    await ada.exchange({ first: 2, seen: 1 }, [pinging]);
    expect(typesOf(await ada.exchange({ first: 3, seen: 1, waitMs: LONG_MS }))).toEqual(["pong"]);
  });

  it("answers a poll with nothing once it has waited as long as it wanted", async () => {
    const ada = await enter();
    expect((await ada.exchange({ first: 2, seen: 1, waitMs: 1 })).answer?.messages).toEqual([]);
  });

  it("[D8] tells whoever knows of a link, and not its key, that there is none", async () => {
    const ada = await enter();
    await ada.exchange({ first: 2, seen: 1 }, [pinging]);
    const eve = httpPeer(server, { linkId: ada.linkId });
    const nobody = httpPeer(server);
    const heads = [{ waitMs: LONG_MS }, { closes: 1000 }, { seen: 9 }, { first: 3 }];
    for (const head of heads) {
      const [stolen, none] = [await eve.exchange(head), await nobody.exchange(head)];
      expect([stolen.status, stolen.body]).toEqual([404, none.body]);
    }
    const taken = await eve.enter(await server.issueToken("eve"));
    expect([taken.status, taken.frames]).toEqual([404, []]);
    expect(typesOf(await ada.exchange({ first: 3, seen: 1, waitMs: LONG_MS }))).toEqual(["pong"]);
  });

  it("does not know a link that began before the server did", async () => {
    const { status, body } = await httpPeer(server).exchange({ first: 7, seen: 12, waitMs: LONG_MS });
    expect([status, JSON.parse(body)]).toMatchObject([404, { code: "connection/lost", retryable: true }]);
  });

  it.each([
    ["an id that can be guessed", { linkId: "ada" }],
    ["a key that can be guessed", { key: "secret" }],
  ])("[D8] begins none with %s", async (_what, given) => {
    expect((await httpPeer(server, given).enter(await server.issueToken("ada"))).status).toBe(404);
  });

  it("[D8] lets nobody in without a token that is good, and says so in the words of the wire", async () => {
    const peer = httpPeer(server);
    const { answer, frames } = await peer.enter("forged");
    expect([frames, answer?.head.closed]).toMatchObject([[{ type: "closing", code: "auth/invalid" }], 4401]);
  });

  it("[D9] refuses a request that is too large, and ends a link for one frame that is", async () => {
    const ada = await enter();
    const huge = await ada.exchange({ first: 2, seen: 1 }, ["x".repeat(65_536 * 3)]);
    expect([huge.status, JSON.parse(huge.body).code]).toEqual([413, "protocol/too-large"]);
    const large = saying("x".repeat(65_536));
    await ada.exchange({ first: 2, seen: 1 }, [large]);
    const { answer, frames } = await ada.exchange({ first: 3, seen: 1, waitMs: LONG_MS });
    expect([frames, answer?.head.closed]).toMatchObject([[{ code: "protocol/too-large" }], 4413]);
  });

  it.each([
    ["no exchange", "{}"],
    ["nothing", ""],
  ])("refuses a request that is %s", async (_what, body) => {
    const response = await fetch(`${server.httpUrl}/link/${randomUUID()}`, { method: "POST", body });
    expect([response.status, await response.json()]).toMatchObject([400, { code: "protocol/malformed" }]);
  });

  it("ends a link whose message is no frame, and takes no part of it", async () => {
    const ada = await enter();
    const text = randomUUID();
    await ada.exchange({ first: 2, seen: 1 }, [`[${JSON.stringify(saying(text))},{"type":"nonsense"}]`]);
    const { answer, frames } = await ada.exchange({ first: 3, seen: 1, waitMs: LONG_MS });
    expect([frames, answer?.head.closed]).toMatchObject([[{ code: "protocol/malformed" }], 4400]);
    expect(await timesSaid(text)).toBe(0);
  });

  it("[D9] ends a link that is told more than it hears", async () => {
    const [ada, ben] = [await enter(), await enter()];
    for (let count = 1; count <= 8; count += 1)
      await ben.exchange({ first: 1 + count, seen: 999 }, [saying("x".repeat(9_000), count)]);
    const { answer, frames } = await vi.waitFor(async () => {
      const came = await ada.exchange({ first: 2, seen: 1, waitMs: LONG_MS });
      expect(came.answer?.head.closed).toBe(4508);
      return came;
    });
    expect(frames.at(-1)).toMatchObject({ type: "closing", code: "connection/slow" });
    expect(textsIn(frames).length).toBeGreaterThan(0);
    expect(answer?.head.first).toBe(2);
  });

  it("says only what one answer holds, and the rest in the next", async () => {
    const roomy = await createServer({ port: 0, policy: { rates } });
    const [ada, ben] = [await enter(roomy), await enter(roomy)];
    const texts = Array.from({ length: 40 }, (_, index) => `${index} ${"x".repeat(9_000)}`);
    for (let from = 0; from < texts.length; from += 8) {
      const some = texts.slice(from, from + 8).map((text, index) => saying(text, 1 + from + index));
      await ben.exchange({ first: 2 + from, seen: 999 }, some);
    }
    const heard: unknown[] = [];
    let answers = 0;
    for (let seen = 1; heard.length < texts.length; answers += 1) {
      const { answer, frames } = await ada.exchange({ first: 2, seen, waitMs: LONG_MS });
      seen += answer?.messages.length ?? 0;
      heard.push(...textsIn(frames));
    }
    expect(heard).toEqual(texts);
    expect(answers).toBeGreaterThan(1);
    await roomy.close();
  });

  it("keeps out pages of others, and lets those it knows ask without a question before", async () => {
    const post = (origin: string): Promise<Response> =>
      fetch(`${server.httpUrl}/link/${randomUUID()}`, { method: "POST", body: "", headers: { origin } });
    expect((await post("https://evil.example")).status).toBe(403);
    const page = "http://localhost:5173";
    expect((await post(page)).headers.get("access-control-allow-origin")).toBe(page);
  });
});

describe("a link over HTTP that has to end", () => {
  it("[D9] does so when nobody polls it any more", async () => {
    const impatient = await createServer({ port: 0, bounds: { unpolledMs: 1 } });
    await enter(impatient);
    await vi.waitFor(() => expect(impatient.connections).toBe(0), { timeout: 8_000 });
    await impatient.close();
  });

  it("tells that its token has expired, in the poll that waits", async () => {
    const peer = httpPeer(narrow);
    await peer.enter(await narrow.issueToken("ada", { expiresInMs: 1_500 }));
    const { answer, frames } = await peer.exchange({ first: 2, seen: 1, waitMs: LONG_MS });
    expect([frames, answer?.head.closed]).toMatchObject([[{ code: "auth/expired" }], 4419]);
  });

  it("[D9] leaves room for others: there is as much of it as of WebSockets", async () => {
    const polls: Promise<Came>[] = [];
    for (const name of ["one", "two", "three"]) {
      const peer = await enter(narrow, name);
      polls.push(peer.exchange({ first: 2, seen: 1, waitMs: LONG_MS }));
      await vi.waitFor(() => expect(narrow.connections).toBe(polls.length));
    }
    const { status, body } = await httpPeer(narrow).enter(await narrow.issueToken("four"));
    expect([status, JSON.parse(body).code]).toEqual([503, "server/full"]);
    await narrow.close();
    for (const { answer, frames } of await Promise.all(polls)) {
      expect(frames).toMatchObject([{ type: "closing", code: "server/draining" }]);
      expect(answer?.head.closed).toBe(4503);
    }
  });

  it("is not offered where it is not wanted", async () => {
    const without = await createServer({ port: 0, httpLinks: false });
    expect((await httpPeer(without).enter(await without.issueToken("ada"))).status).toBe(404);
    await without.close();
  });
});
