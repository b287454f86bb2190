import type { LinkEvent } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { createMemoryBackend } from "@tidings/core/memory";
import {
  type Ack,
  type Command,
  type Head,
  parseServerFrames,
  type Query,
  type Welcome,
} from "@tidings/core/protocol";
import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { type AppSyncOperations, appSyncTransport } from "../src/index.ts";
import type { Arguments } from "./endpoint/resolvers.ts";
import { createEndpoint } from "./endpoint/endpoint.ts";
import { createLoopback, ORIGIN } from "./endpoint/loopback.ts";
import { createResolvers } from "./endpoint/resolvers.ts";
import { authenticate, say } from "./harness.ts";

/** A schema that was there before us: other words, no inbox, no signals, and messages are all one can send. */
const SCHEMA = `
  type Room { roomId: ID! revision: Int! newest: Int! }
  type Me { name: ID! now: String! rooms: [Room!]! settings: AWSJSON! }
  type Posted { roomId: ID text: String whole: AWSJSON }
  type Query { me: Me rooms: [Room!]! look(roomId: ID, question: AWSJSON!): AWSJSON }
  type Mutation { post(roomId: ID!, key: ID!, text: String!): Posted }
  type Subscription { posted(roomId: ID!): Posted @aws_subscribe(mutations: ["post"]) }
`;

const POSTED = "{ roomId text whole }";

const operations: AppSyncOperations = {
  welcome: {
    put: () => ({ query: "{ me { name now settings rooms { roomId revision newest } } }" }),
    read(data) {
      const { name, now, rooms, settings } = Object(Object(data).me);
      if (typeof settings !== "string") return undefined;
      return { ...JSON.parse(settings), userId: name, at: Date.parse(now), heads: headsIn(rooms) };
    },
  },
  heads: {
    put: () => ({ query: "{ rooms { roomId revision newest } }" }),
    read: (data) => headsIn(Object(data).rooms),
  },
  submit: {
    put(command) {
      if (command.type !== "message.send" || !("text" in command.content))
        throw new MessagingError("command/unsupported");
      const { conversationId: roomId, commandId: key, content } = command;
      const query = `mutation($roomId: ID!, $key: ID!, $text: String!) { post(roomId: $roomId, key: $key, text: $text) ${POSTED} }`;
      return { query, variables: { roomId, key, text: content.text } };
    },
    read: (data) => ackIn(Object(data).post),
  },
  query: {
    put: (query) => ({
      query: "query($question: AWSJSON!) { look(question: $question) }",
      variables: { question: JSON.stringify(query) },
    }),
    read(data) {
      const { look } = Object(data);
      return typeof look === "string" ? JSON.parse(look) : undefined;
    },
  },
  heard: {
    put: (roomId) => ({
      query: `subscription($roomId: ID!) { posted(roomId: $roomId) ${POSTED} }`,
      variables: { roomId },
    }),
    read: (data) => ackIn(Object(data).posted)?.changes.map((change) => ({ type: "change", change })),
  },
};

function headsIn(rooms: unknown): readonly Head[] {
  if (!Array.isArray(rooms)) return [];
  return rooms.map(({ roomId, revision, newest }) => ({
    conversationId: roomId,
    rev: revision,
    seq: newest,
  }));
}

function ackIn(posted: unknown): Ack | undefined {
  const parsed = parseServerFrames(`{"type":"ack","id":0,"ack":${Object(posted).whole}}`);
  const [frame] = parsed.ok ? parsed.frames : [];
  return frame?.type === "ack" ? frame.ack : undefined;
}

/** What stands behind that schema, by the same rules. */
function theirs(own: ReturnType<typeof createResolvers>): Pick<typeof own, "resolve" | "admit"> {
  const rooms = (heads: readonly Head[]): object[] =>
    heads.map(({ conversationId, rev, seq }) => ({ roomId: conversationId, revision: rev, newest: seq }));
  return {
    async resolve(field, args, identity) {
      if (field === "rooms") return rooms((await own.resolve("heads", {}, identity)) as readonly Head[]);
      if (field === "look") return own.resolve("ask", { query: args["question"] }, identity);
      if (field === "me") {
        const { userId, at, heads, ...settings } = (await own.resolve("welcome", {}, identity)) as Welcome;
        return { name: userId, now: new Date(at).toISOString(), rooms: rooms(heads), settings };
      }
      const command = commandOf(args);
      const given = { conversationId: command.conversationId, command };
      const { payload } = (await own.resolve("submit", given, identity)) as { readonly payload: Ack };
      return { roomId: command.conversationId, text: args["text"], whole: payload };
    },
    admit: (_field, { roomId }, identity) => own.admit("onEvent", { conversationId: roomId }, identity),
  };
}

function commandOf({ roomId, key, text }: Arguments): Command {
  return { ...say(String(text), String(roomId)), commandId: String(key) };
}

describe("a schema that was there before", () => {
  it("is spoken to by other operations, and what it has no words for is refused here", async () => {
    const memory = createMemoryBackend();
    const endpoint = createEndpoint({
      ...{ memory, authenticate, origin: ORIGIN, clock: virtualClock(), schema: SCHEMA },
      ...theirs(createResolvers(memory)),
    });
    const enter = async (token: string) => {
      const { fetch, WebSocket } = createLoopback(endpoint);
      const transport = appSyncTransport({ endpoint: `${ORIGIN}/graphql`, fetch, WebSocket, operations });
      const heard: LinkEvent[] = [];
      const receive = (events: readonly LinkEvent[]): void => void heard.push(...events);
      const link = await transport.open({ token, clientId: token, receive }, new AbortController().signal);
      return { link, heard, transport };
    };
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    expect(ada.transport.supports).toEqual({ pipelining: false, signals: false, receipts: true });
    expect(ada.heard[0]).toMatchObject({ type: "welcome", welcome: { userId: "ada" } });

    const { changes } = await ada.link.submit(say("in other words"));
    await bob.link.ping();
    expect(bob.heard.filter(({ type }) => type === "change")).toEqual(
      changes.map((change) => ({ type: "change", change })),
    );
    const query: Query = { type: "history", conversationId: "general", limit: 10 };
    expect(await bob.link.query(query)).toMatchObject({ messages: [changes[0]?.record] });
    const leave = { ...say("general"), type: "participant.leave" } as const;
    await expect(bob.link.submit(leave)).rejects.toMatchObject({ code: "command/unsupported" });
    await expect(bob.link.submit(say("there?", "nowhere"))).rejects.toMatchObject({
      code: "conversation/not-found",
    });
    ada.link.close();
    bob.link.close();
  });
});
