import type { LinkEvent } from "@tidings/core";
import { createMemoryBackend } from "@tidings/core/memory";
import { defaultPolicy, type SendMessage } from "@tidings/core/protocol";
import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { appSyncTransport, type FetchLike } from "../src/index.ts";
import { createEndpoint } from "./endpoint/endpoint.ts";
import { createLoopback, ORIGIN } from "./endpoint/loopback.ts";
import { authenticate, say } from "./harness.ts";

interface Answer {
  readonly status?: number;
  readonly retryAfter?: string;
  readonly body: string;
}

/** A link of Ada's to a backend that takes large messages, whose answers may be replaced. */
async function open() {
  const limits = { ...defaultPolicy.limits, frameBytes: 1_000_000, textLength: 100_000 };
  const memory = createMemoryBackend({ policy: { ...defaultPolicy, rates: [], limits } });
  const endpoint = createEndpoint({ memory, authenticate, origin: ORIGIN, clock: virtualClock() });
  const { fetch, WebSocket } = createLoopback(endpoint);
  const posts: string[] = [];
  let instead: Answer | undefined;
  const replaced: FetchLike = async (url, init) => {
    posts.push(init.body);
    if (!instead) return fetch(url, init);
    const { status = 200, retryAfter = null, body } = instead;
    return { status, headers: { get: () => retryAfter }, text: () => Promise.resolve(body) };
  };
  const clock = virtualClock();
  const transport = appSyncTransport({ endpoint: `${ORIGIN}/graphql`, fetch: replaced, WebSocket, clock });
  const events: LinkEvent[] = [];
  const receive = (batch: readonly LinkEvent[]): void => void events.push(...batch);
  const link = await transport.open({ token: "ada", clientId: "c1", receive }, new AbortController().signal);
  const reply = (answer: Answer): void => void (instead = answer);
  const closed = (): unknown[] =>
    events.flatMap((event) => (event.type === "closed" ? [event.reason.code] : []));
  return { link, memory, posts, reply, closed };
}

/** `bytes` of an emoji each of which JSON escapes nothing of, or of quotes, each escaped twice in an event. */
const large = (text: string): SendMessage => ({ ...say("large"), content: { text } });

describe("what a link asks", () => {
  it.each([
    ["a text of more than 240 KB", "😀".repeat(60_000)],
    ["quotes, which take four times the room inside an event", '"'.repeat(60_000)],
  ])("is refused before it is sent, if AppSync would drop its event: %s", async (_name, text) => {
    const { link, memory, posts } = await open();
    const before = posts.length;
    await expect(link.submit(large(text))).rejects.toMatchObject({
      code: "protocol/too-large",
      retryable: false,
    });
    expect([posts.length, memory.messages("general")]).toEqual([before, []]);
    await link.submit(large("x".repeat(90_000)));
    expect(memory.messages("general")).toHaveLength(1);
    link.close();
  });

  it.each([
    ["throttling, with a time", { status: 429, retryAfter: "2", body: "{}" }, ["server/unavailable", true, 2_000]],
    ["503", { status: 503, body: '{"message":"Busy"}' }, ["server/unavailable", true, undefined]],
    ["what waits and says so itself", refusal("rate/limited", { retryAfterMs: 700 }), ["rate/limited", true, 700]],
    ["what is final by its own word", refusal("server/internal", { retryable: false }), ["server/internal", false, undefined]],
    ["a field one may not use", refusal("Unauthorized", {}), ["permission/denied", false, undefined]],
  ])("is refused, and the link goes on, for %s", async (_name, answer, wanted) => {
    const { link, reply, closed } = await open();
    reply(answer);
    const error = await link.submit(say("refused")).catch((reason: unknown) => reason);
    const { code, retryable, retryAfterMs } = Object(error);
    expect([[code, retryable, retryAfterMs], closed()]).toEqual([wanted, []]);
  }); // prettier-ignore

  it.each([
    ["a page of a proxy's", { status: 502, body: "<html>Bad Gateway</html>" }, "connection/lost"],
    ["nothing that answers it", { body: '{"data":{"submit":null}}' }, "connection/lost"],
    ["the answer to something else", { body: JSON.stringify({ data: { submit: { payload: '{"commandId":"019b796d-d600-7000-8000-00000000ffff","changes":[]}' } } }) }, "connection/lost"],
    ["a token that has expired", { status: 401, body: JSON.stringify({ errors: [{ errorType: "UnauthorizedException", message: "Token has expired." }] }) }, "auth/expired"],
  ])("[T19] is not known to be refused, and ends the link, for %s", async (_name, answer, code) => {
    const { link, reply, closed } = await open();
    reply(answer);
    await expect(link.submit(say("unheard"))).rejects.toMatchObject({ code: "connection/lost" });
    await expect(link.ping()).rejects.toMatchObject({ code: "connection/lost" });
    expect(closed()).toEqual([code]);
  }); // prettier-ignore

  it("is answered where AppSync has an error for a part that nobody needs", async () => {
    const { link, reply } = await open();
    const command = say("answered");
    const payload = JSON.stringify({ commandId: command.commandId, changes: [] });
    reply({
      body: JSON.stringify({
        data: { submit: { payload, audience: null } },
        errors: [{ errorType: "Unauthorized" }],
      }),
    });
    expect(await link.submit(command)).toEqual({ commandId: command.commandId, changes: [] });
  });
});

function refusal(errorType: string, errorInfo: object): Answer {
  return {
    body: JSON.stringify({ data: { submit: null }, errors: [{ errorType, errorInfo, message: "no" }] }),
  };
}
