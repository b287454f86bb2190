import type { Link, Transport } from "@tidings/core";
import { createMemoryBackend } from "@tidings/core/memory";
import { toMessagingError } from "@tidings/core/errors";
import { type Command, defaultPolicy, type Policy } from "@tidings/core/protocol";
import { createServer } from "@tidings/server";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { webSocketTransport } from "../src/web-socket-transport.ts";
import { mark, say } from "./harness.ts";

/** What a client is told by the backend in memory is what it will be told by the server. */
const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const HOUR_MS = 3_600_000;
const strict: Policy = {
  ...defaultPolicy,
  rates: [{ name: "hour", scope: "user", tokens: 2, perMs: HOUR_MS, burst: 2 }],
  limits: { ...defaultPolicy.limits, textLength: 100 },
};

type Join = (userId: string) => Promise<Link>;

const joinWith =
  (transportOf: (userId: string) => Transport, tokenOf: (userId: string) => Promise<string>): Join =>
  async (userId) => {
    const request = { token: await tokenOf(userId), clientId: userId, receive: () => {} };
    return transportOf(userId).open(request, new AbortController().signal);
  };

async function serverJoin(): Promise<Join> {
  const server = await createServer({ port: 0, policy: strict });
  undo.push(() => server.close());
  const transport = webSocketTransport({ url: server.url, WebSocket });
  return joinWith(
    () => transport,
    (userId) => server.issueToken(userId),
  );
}

function memoryJoin(): Join {
  const backend = createMemoryBackend({ policy: strict });
  return joinWith(
    (userId) => backend.transport(userId),
    async () => "",
  );
}

/** Everything of a refusal that a client goes by, or shows. */
async function refusalOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (cause) {
    const { code, message, retryable, retryAfterMs } = toMessagingError(cause);
    const waitMinutes = retryAfterMs === undefined ? undefined : Math.round(retryAfterMs / 60_000);
    return { code, message, retryable, waitMinutes };
  }
}

const stamped = (conversationId = "general") => {
  const { commandId, at } = say("", conversationId);
  return { commandId, at, conversationId };
};
/** What a newer client gives, or a defect. */
const misread = (command: unknown): Command => JSON.parse(JSON.stringify(command));
const absent = "019b796d-d600-7000-8000-00000000dead";
const history = { type: "history", conversationId: "secret", limit: 10 } as const;

/** Each is done on fresh links of two people. */
const cases: Record<string, (ada: Link, bob: Link) => Promise<unknown>> = {
  "too much text": (ada) => ada.submit(say("x".repeat(101))),
  "no text": (ada) => ada.submit(say("")),
  "a conversation that is not there": (ada) => ada.submit(say("x", "secret")),
  "a message that is not there": (ada) =>
    ada.submit({ type: "message.edit", messageId: absent, content: { text: "x" }, ...stamped() }),
  "what the role does not allow": (ada) =>
    ada.submit({ type: "conversation.update", name: "Ours", ...stamped() }),
  "a conversation that exists": (ada) =>
    ada.submit({ type: "conversation.create", kind: "group", ...stamped() }),
  async "a message of somebody else"(ada, bob) {
    const { commandId: messageId } = await bob.submit(say("mine"));
    return ada.submit({ type: "message.edit", messageId, content: { text: "x" }, ...stamped() });
  },
  async "the id of somebody else's command"(ada, bob) {
    const { commandId } = await bob.submit(say("mine"));
    return ada.submit({ ...say("theirs"), commandId });
  },
  async "one message too many"(ada) {
    await Promise.all([ada.submit(say("1")), ada.submit(say("2"))]);
    return ada.submit(say("3"));
  },
  async "what comes behind one message too many"(ada) {
    const [, , third, fourth] = ["1", "2", "3", "4"].map((text) => ada.submit(say(text)));
    await third?.catch(() => {});
    return fourth;
  },
  "a command that is none": (ada) => ada.submit(misread({ ...mark(), type: "message.teleport" })),
  "a command with a field of the wrong type": (ada) => ada.submit(misread({ ...say("x"), at: "noon" })),
  "a query for what is not theirs": (ada) => ada.query(history),
  "a query for a message that is not there": (ada) =>
    ada.query({ type: "versions", conversationId: "general", messageId: absent }),
  "a query that is none": (ada) => ada.query({ ...history, limit: 0 }),
  "marking what is not theirs": (ada) => ada.submit(mark("secret")),
};

describe("the backend in memory", () => {
  it.each(Object.keys(cases))("explains its refusal of %s as the server does", async (name) => {
    const run = cases[name];
    if (!run) throw new Error("no such case");
    const told: unknown[] = [];
    for (const join of [await serverJoin(), memoryJoin()]) {
      const [ada, bob] = [await join("ada"), await join("bob")];
      undo.push(
        () => ada.close(),
        () => bob.close(),
      );
      told.push(await refusalOf(() => run(ada, bob)));
    }
    expect(told[0]).toMatchObject({
      code: expect.any(String),
      message: expect.stringMatching(/^unable to /),
    });
    expect(told[1]).toEqual(told[0]);
  });
});
