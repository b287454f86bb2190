import type { Link, LinkEvent } from "@tidings/core";
import { createMemoryBackend } from "@tidings/core/memory";
import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { type AppSyncTransportOptions, appSyncTransport } from "../src/index.ts";
import { iamSigner } from "../src/iam.ts";
import { createEndpoint } from "./endpoint/endpoint.ts";
import { createLoopback, ORIGIN } from "./endpoint/loopback.ts";
import { authenticate, say } from "./harness.ts";

/** Opens a link, by whatever proof there is of who one is, to an endpoint that checks each. */
async function open(
  options: Partial<AppSyncTransportOptions>,
  token?: string,
): Promise<{ readonly link: Link; readonly events: readonly LinkEvent[]; readonly ever: () => number }> {
  const endpoint = createEndpoint({
    ...{ memory: createMemoryBackend(), authenticate, origin: ORIGIN, clock: virtualClock() },
    apiKeys: { "da2-key": "everybody" },
    accessKeys: { AKIDADA: "secret" },
  });
  const { fetch, WebSocket } = createLoopback(endpoint);
  const transport = appSyncTransport({ endpoint: `${ORIGIN}/graphql`, fetch, WebSocket, ...options });
  const events: LinkEvent[] = [];
  const receive = (batch: readonly LinkEvent[]): void => void events.push(...batch);
  const link = await transport.open({ token, clientId: "c1", receive }, new AbortController().signal);
  return { link, events, ever: () => endpoint.sockets.ever };
}

const userOf = ([first]: readonly LinkEvent[]): unknown => first?.type === "welcome" && first.welcome.userId;

const credentials = { accessKeyId: "AKIDADA", secretAccessKey: "secret" };
const signed = { sign: iamSigner({ region: "eu-west-1", credentials: () => credentials }) };
const forged = iamSigner({
  region: "eu-west-1",
  credentials: () => ({ ...credentials, secretAccessKey: "?" }),
});

describe("who one is", () => {
  it.each([
    ["the client's token", {}, "ada", "ada"],
    ["an API key", { auth: { apiKey: "da2-key" } }, undefined, "everybody"],
    ["a token of the app's", { auth: { token: () => "bob" } }, "ada", "bob"],
    ["a signature", { auth: signed }, undefined, "AKIDADA"],
    ["a signature in the query", { auth: signed, credentials: "query" as const }, undefined, "AKIDADA"],
  ])(
    "is told by %s, over HTTP, in the handshake and for each subscription",
    async (_name, options, token, userId) => {
      const { link, events } = await open(options, token);
      expect(userOf(events)).toBe(userId);
      const { changes } = await link.submit(say("it is me"));
      expect(changes[0]?.actorId).toBe(userId);
      link.close();
    },
  );

  it.each([
    ["a key that is none", { auth: { apiKey: "da2-other" } }, "auth/invalid"],
    ["a forged signature", { auth: { sign: forged } }, "auth/invalid"],
    ["no proof at all", {}, "auth/invalid"],
    ["a host that AppSync does not answer for", { auth: { token: () => "ada" }, host: "other.example.com" }, "protocol/malformed"],
  ])("is refused for %s, before anything is told", async (_name, options, code) => {
    await expect(open(options)).rejects.toMatchObject({ code });
  }); // prettier-ignore

  it("is asked of the app for each request, handshake and subscription", async () => {
    let asked = 0;
    const token = (): Promise<string> => Promise.resolve(`ada${((asked += 1), "")}`);
    const { link, ever } = await open({ auth: { token } });
    const before = asked;
    await link.query({ type: "conversations", limit: 1 });
    expect([before, asked, ever(), link.refresh]).toEqual([5, 6, 1, undefined]); // welcome, handshake, 2 starts, heads
    link.close();
  });

  it("may be unknown for now, where the app has no token to give", async () => {
    const token = (): string => {
      throw new Error("signed out");
    };
    await expect(open({ auth: { token } })).rejects.toMatchObject({ code: "auth/unavailable" });
  });
});
