import { createMemoryBackend } from "@tidings/core/memory";
import { defaultPolicy } from "@tidings/core/protocol";
import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { authenticate, say } from "../harness.ts";
import { createEndpoint } from "./endpoint.ts";
import { ORIGIN } from "./loopback.ts";

const HOST = new URL(ORIGIN).host;
const ADA = { host: HOST, Authorization: "ada" };
const EVENT = "subscription($i: ID!) { onEvent(conversationId: $i) { conversationId payload } }";

interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A socket held in one's own hands, frame by frame: what AppSync's guide says, without the transport. */
function setUp(options: { readonly most?: number; readonly schema?: string } = {}) {
  const clock = virtualClock(1_790_000_000_000, turn);
  const limits = { ...defaultPolicy.limits, frameBytes: 1_000_000, textLength: 100_000 };
  const memory = createMemoryBackend({ clock, policy: { ...defaultPolicy, rates: [], limits } });
  const endpoint = createEndpoint({ memory, authenticate, origin: ORIGIN, clock, ...options });
  const frames: Frame[] = [];
  const closed: number[] = [];
  const connect = (header: object = ADA, path = "/graphql/realtime") => {
    const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
    const request = { path, query: new URLSearchParams(), protocols: ["graphql-ws", `header-${encoded}`] };
    const socket = {
      send: (text: string) => void frames.push(JSON.parse(text)),
      close: (code: number) => void closed.push(code),
    };
    const session = endpoint.connect(request, socket);
    return async (frame: object): Promise<void> => {
      session.received(JSON.stringify(frame));
      await turn();
    };
  };
  const start = (id: string, data: unknown, authorization: object = ADA): object => ({
    ...{ id, type: "start" },
    payload: { data: typeof data === "string" ? data : JSON.stringify(data), extensions: { authorization } },
  });
  const post = (query: string, headers: Record<string, string> = { authorization: "ada" }) =>
    new Promise<{ status: number; body: unknown } | undefined>((resolve) => {
      const request = {
        path: "/graphql",
        headers: new Map(Object.entries(headers)),
        body: JSON.stringify({ query }),
      };
      endpoint.post(request, (answer) => resolve(answer && { ...answer, body: JSON.parse(answer.body) }));
    });
  const ready = async () => {
    const send = connect();
    await send({ type: "connection_init" });
    frames.length = 0;
    return send;
  };
  const errors = (): unknown[] =>
    frames.flatMap(({ id, payload }) => {
      const [error] = Object(payload).errors ?? [];
      return error ? [[id, error.errorType]] : [];
    });
  return { clock, memory, endpoint, frames, closed, connect, ready, start, post, errors };
}

describe("the endpoint, as strict as AppSync", () => {
  it("greets, says every minute that it is there, and ends a socket after a day", async () => {
    const { clock, connect, frames, closed } = setUp();
    const send = connect();
    await send({ type: "connection_init" });
    expect(frames).toEqual([
      { type: "connection_ack", payload: { connectionTimeoutMs: 300_000 } },
      { type: "ka" },
    ]);
    await clock.advance(120_000);
    expect(frames.filter(({ type }) => type === "ka")).toHaveLength(3);
    await clock.advance(24 * 3_600_000);
    expect(closed).toEqual([1001]);
  });

  it.each([
    ["a token that has expired", { host: HOST, Authorization: "old" }, "UnauthorizedException"],
    ["no token", { host: HOST }, "UnauthorizedException"],
    ["another host", { host: "other.example.com", Authorization: "ada" }, "BadRequestException"],
  ])("refuses %s by a connection_error, and closes", async (_name, header, errorType) => {
    const { connect, errors, closed } = setUp();
    await connect(header)({ type: "connection_init" });
    expect([errors(), closed]).toEqual([[[undefined, errorType]], [1000]]);
  });

  it("knows one path", () => {
    const { connect, closed } = setUp();
    connect(ADA, "/graphql");
    expect(closed).toEqual([1002]);
  });

  it("ignores what comes before its ack", async () => {
    const { connect, frames, start, endpoint } = setUp();
    await connect()(start("1", { query: EVENT, variables: { i: "general" } }));
    expect([frames, endpoint.subscriptions]).toEqual([[], 0]);
  });

  it("refuses, each by its own error: an id in use, too many, queries, nonsense, strangers, stale tokens", async () => {
    const { ready, start, errors, memory } = setUp({ most: 3 });
    memory.act("ada", { ...say(""), type: "participant.join" });
    const send = await ready();
    const asked = { query: EVENT, variables: { i: "general" } };
    await send(start("1", asked));
    await send(start("1", asked));
    await send(start("2", { query: "{ heads }" }));
    await send({ id: "3", type: "start", payload: { data: asked, extensions: { authorization: ADA } } });
    await send(start("4", { query: "subscription { onNothing { id } }" }));
    await send(start("5", { query: EVENT, variables: { i: "elsewhere" } }));
    await send(start("6", asked, { host: HOST, Authorization: "old" }));
    await send(start("7", asked, { Authorization: "ada" }));
    await send(start("8", asked));
    await send(start("9", asked));
    await send(start("10", asked));
    await send({ type: "start" });
    expect(errors()).toEqual([
      ["1", "DuplicatedOperationError"],
      ["2", "UnsupportedOperation"],
      ["3", "UnsupportedOperation"],
      ["4", "ValidationError"],
      ["5", "Unauthorized"],
      ["6", "UnauthorizedException"],
      ["7", "BadRequestException"],
      ["10", "MaxSubscriptionsReachedError"],
      [undefined, "BadRequestException"],
    ]);
  });

  it("delivers by arguments, where null is not nothing, only what sender and subscriber have both selected", async () => {
    const { ready, start, frames, endpoint, memory, post } = setUp();
    for (const userId of ["ada", "bob"]) memory.act(userId, { ...say(""), type: "participant.join" });
    const send = await ready();
    await send(start("1", { query: EVENT, variables: { i: "general" } }));
    frames.length = 0;
    await endpoint.act("bob", say("all of it"));
    const command = JSON.stringify(JSON.stringify(say("without its payload")));
    await post(
      `mutation { submit(conversationId: "general", commandId: "x", command: ${command}) { conversationId } }`,
    );
    const hidden = JSON.stringify(JSON.stringify(say("without what is filtered by")));
    await post(
      `mutation { submit(conversationId: "general", commandId: "y", command: ${hidden}) { payload } }`,
    );
    await turn();
    const data = frames.map(({ payload }) => Object(payload).data.onEvent);
    expect(data).toEqual([
      { conversationId: "general", payload: expect.stringContaining("all of it") },
      { conversationId: "general", payload: null },
    ]);
    expect(memory.messages("general")).toHaveLength(3);
  });

  it("broadcasts a repeated command again, and none that was refused", async () => {
    const { ready, start, frames, endpoint, memory } = setUp();
    for (const userId of ["ada", "bob"]) memory.act(userId, { ...say(""), type: "participant.join" });
    const send = await ready();
    await send(start("1", { query: EVENT, variables: { i: "general" } }));
    frames.length = 0;
    const command = say("once");
    await endpoint.act("bob", command);
    await endpoint.act("bob", command);
    const { data, errors } = await endpoint.act("bob", say("", "nowhere"));
    expect([frames.length, memory.messages("general").length]).toEqual([2, 1]);
    expect([data, errors?.[0]]).toMatchObject([{ submit: null }, { errorType: "conversation/not-found" }]);
  });

  it("drops what is over 240 KB, and tells its sender nothing", async () => {
    const { ready, start, frames, endpoint, memory } = setUp();
    for (const userId of ["ada", "bob"]) memory.act(userId, { ...say(""), type: "participant.join" });
    const send = await ready();
    await send(start("1", { query: EVENT, variables: { i: "general" } }));
    frames.length = 0;
    const { errors } = await endpoint.act("bob", say('"'.repeat(90_000)));
    expect([errors, frames, endpoint.oversized]).toEqual([undefined, [], 1]);
  });

  it("answers stop by complete, and sends nothing more", async () => {
    const { ready, start, frames, endpoint, memory } = setUp();
    for (const userId of ["ada", "bob"]) memory.act(userId, { ...say(""), type: "participant.join" });
    const send = await ready();
    await send(start("1", { query: EVENT, variables: { i: "general" } }));
    await send({ type: "stop", id: "1" });
    await endpoint.act("bob", say("to nobody"));
    expect(frames.map(({ type }) => type)).toEqual(["start_ack", "complete"]);
  });

  it("ends the subscriptions of a membership that ended, and the socket with them", async () => {
    const { ready, start, frames, endpoint, memory, closed } = setUp();
    memory.act("ada", { ...say(""), type: "participant.join" });
    const send = await ready();
    await send(start("1", { query: EVENT, variables: { i: "general" } }));
    await endpoint.act("ada", { ...say(""), type: "participant.leave" });
    expect(frames.map(({ type }) => type)).toEqual(["start_ack", "data", "complete"]);
    expect([closed, endpoint.subscriptions]).toEqual([[1000], 0]);
  });

  it("refuses over HTTP who may not come in by 401, and answers for the schema by 200", async () => {
    const { post } = setUp();
    expect(await post("{ heads }", { authorization: "old" })).toMatchObject({
      status: 401,
      body: { errors: [{ errorType: "UnauthorizedException", message: "Token has expired." }] },
    });
    expect(await post("{ nothing }")).toMatchObject({
      status: 200,
      body: { errors: [{ errorType: "ValidationError" }] },
    });
    expect(await post("{ heads")).toMatchObject({ status: 400 });
    expect(await post("subscription { onInbox(userId: 1) { rev } }")).toMatchObject({ status: 400 });
  });
});
