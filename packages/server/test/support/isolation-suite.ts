import { randomUUID } from "node:crypto";
import { notebookOf } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandRoutes, queryRoutes, type Route } from "../../src/api/routes.ts";
import { createServer, createServiceKey, type ServerOptions, type TidingsServer } from "../../src/index.ts";
import { call } from "./api.ts";
import { type HttpTarget, pushes, requestFor, subscriptionOf, trespasses } from "./http-isolation.ts";
import { commands, knownCommands, knownQueries, queries, type Target } from "./isolation-cases.ts";
import { join, message, newId } from "./raw-client.ts";
import { roomy } from "./start.ts";

/** Nothing but this is said where Bea must not hear it. */
const secret = "the-crown-jewels";

/** Acme's, and what an attacker would guess if there were no Acme. */
const made = (conversationId: string, userId: string): Target => ({
  ...{ conversationId, messageId: newId(), userId, fileId: newId() },
});
const real = made("acme", "alan");
const unreal = made("amce", "nala");

/** What a stranger is told, but for the ids they chose themselves. */
function told(answer: { readonly id?: number; readonly type: string }): unknown {
  const { id: _id, ...rest } = answer;
  return rest;
}

async function overHttp(
  server: TidingsServer,
  route: Route,
  draft: object,
  credentials: { token: string; headers?: Record<string, string> },
) {
  const { type: _type, ...fields } = { type: undefined, ...draft };
  const { line, body } = requestFor(route, fields);
  const answer = await call(server, line, { ...credentials, body });
  const headers = Object.fromEntries(answer.headers);
  delete headers["date"];
  delete headers["x-request-id"];
  return { status: answer.status, headers, text: answer.text };
}

const entryOf = (table: Readonly<Record<string, Route>>, type: string): Route => {
  const route = table[type];
  if (!route) throw new Error(`no route for ${type}`);
  return route;
};

/** Counts what the database is asked, in this process, until it is told to stop. */
export interface Counter {
  readonly count: number;
  stop(): void;
}

export interface IsolationOptions {
  /** The store of the server. */
  readonly open: () => Promise<ServerOptions>;
  readonly countStatements: () => Counter;
}

/** What no store may let happen. */
export function isolationSuite(name: string, { open, countStatements }: IsolationOptions): void {
  let server: TidingsServer;
  const key = createServiceKey();
  /** The operator's own backend, which names conversations. */
  const house = createServiceKey();
  let ofAcme: HttpTarget;
  beforeAll(async () => {
    const serviceKeys = [
      { name: "backend", hash: key.hash, scopes: ["act"] as const },
      { name: "house", hash: house.hash, scopes: ["system", "moderate"] as const },
    ];
    const bounds = { ...roomy.bounds, requestsPerSecond: 100_000, requestsPerSecondPerAddress: 100_000 };
    const tightly = { conversationIds: "random", issueTokens: true, push: pushes, lobbies: [] } as const;
    server = await createServer({ ...roomy, ...(await open()), port: 0, ...tightly, serviceKeys, bounds });
    const begin = (conversationId: string, name: string, owner: string, ...members: readonly string[]) =>
      call(server, "POST /v1/conversations", {
        token: house.key,
        body: {
          ...{ conversationId, kind: "group", name },
          participants: [{ userId: owner, role: "owner" }, ...members.map((userId) => ({ userId }))],
        },
      });
    await begin("acme", secret, "ada", "alan", "dan");
    await begin("atrium", "Atrium", "ada", "cleo");
    await begin("bolt", "Bolt", "bea", "bob");
    const ada = await join(server, "ada");
    await ada.accepted({ ...message("acme", secret), commandId: real.messageId });
    ofAcme = { ...real, ...(await belongings()) };
    await ada.accepted({ type: "participant.remove", conversationId: "acme", userId: "dan" });
    const { fileId } = real;
    const named = { name: secret, size: 3, mediaType: "text/plain" } as const;
    await ada.ask({ type: "file.upload", conversationId: "acme", fileId, ...named });
    await ada.close();
    const bea = await join(server, "bea");
    await bea.say("bolt", "ours");
    await bea.close();
  });

  /** Something of every other kind that there is in acme: a case, a device. */
  const belongings = async (): Promise<{ readonly caseId: string; readonly deviceId: string }> => {
    const dan = await join(server, "dan");
    await dan.accepted({
      ...{ type: "note.set", conversationId: notebookOf("dan"), value: { text: "rude" } },
      subject: { kind: "report", conversationId: "acme", messageId: real.messageId },
    });
    await dan.close();
    const cases = await call(server, "GET /v1/moderation/cases", { token: house.key });
    const [{ id: caseId }] = (cases.json as { readonly items: [{ readonly id: string }] }).items;
    const put = "PUT /v1/push/devices/phone-1";
    const token = await server.issueToken("ada");
    expect((await call(server, put, { token, body: subscriptionOf("ada") })).status).toBe(204);
    return { caseId, deviceId: "phone-1" };
  };
  afterAll(() => server.close());

  describe(`two tenants of one server on ${name}`, () => {
    it("[D8] are kept apart by a case for every command and query the wire knows", () => {
      expect([...commands.map(([type]) => type), "conversation.create"].sort()).toEqual(
        [...knownCommands].sort(),
      );
      expect([...queries.map(([type]) => type), "conversations"].sort()).toEqual([...knownQueries].sort());
      expect(Object.keys(commandRoutes).sort()).toEqual([...knownCommands].sort());
      expect(Object.keys(queryRoutes).sort()).toEqual([...knownQueries].sort());
    });

    it("[D8] get over a link the very same refusals as for a conversation that does not exist", async () => {
      const bea = await join(server, "bea");
      for (const [type, make] of commands) {
        const [known, unknown] = [await bea.submit(make(real)), await bea.submit(make(unreal))];
        expect([type, known]).toMatchObject([type, { type: "reject", code: "conversation/not-found" }]);
        expect([type, told(known)]).toEqual([type, told(unknown)]);
      }
      for (const [type, make] of queries) {
        const [known, unknown] = [await bea.ask(make(real)), await bea.ask(make(unreal))];
        expect([type, known]).toMatchObject([type, { type: "reject", code: "conversation/not-found" }]);
        expect([type, told(known)]).toEqual([type, told(unknown)]);
      }
      expect(JSON.stringify(bea.frames)).not.toContain(secret);
    });

    it("[D8] find nothing of each other, whatever they look for", async () => {
      const bea = await join(server, "bea");
      const ada = await join(server, "ada");
      for (const filter of [{ text: secret }, { authorId: "ada" }, { text: "the crown", authorId: "ada" }]) {
        const query = { type: "search", limit: 10, ...filter } as const;
        expect(await bea.ask(query)).toMatchObject({ type: "result", result: { items: [] } });
        expect((await ada.ask(query)).type).toBe("result");
        expect(JSON.stringify(ada.frames)).toContain(secret);
      }
      const token = await server.issueToken("bea");
      const answer = await call(server, `GET /v1/search?text=${secret}`, { token });
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ items: [] })]);
      expect(JSON.stringify(bea.frames)).not.toContain(secret);
    });

    it("[D8] are kept apart by a case for every operation of the API's document", async () => {
      const { json } = await call(server, "GET /docs/json");
      const { paths } = json as { readonly paths: Readonly<Record<string, object>> };
      const operations = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(operations.toSorted()).toEqual([...trespasses.keys()].toSorted());
    });

    it.each([
      ["a stranger", "bea", false],
      ["a stranger for whom a service key speaks", "bea", true],
      ["a friend of a member's who is not in it", "cleo", false],
      ["one who was removed from it", "dan", false],
    ] as const)(
      "[D8] get over HTTP the very same bodies and headers, by token and by service key: %s",
      async (_who, userId, isByKey) => {
        const token = await server.issueToken(userId);
        const credentials = isByKey ? { token: key.key, headers: { "tidings-user": userId } } : { token };
        const unknown: HttpTarget = { ...unreal, caseId: newId(), deviceId: "phone-2" };
        for (const [operation, { route, make, status }] of trespasses) {
          const answer = await overHttp(server, route, make(ofAcme), credentials);
          expect([operation, answer.status]).toEqual([operation, status]);
          expect([operation, answer]).toEqual([
            operation,
            await overHttp(server, route, make(unknown), credentials),
          ]);
          expect(answer.text).not.toMatch(/acme|crown/u);
        }
        const devices = await call(server, "GET /v1/push/devices", { token: await server.issueToken("ada") });
        expect(devices.json).toMatchObject({ items: [{ deviceId: "phone-1" }] });
      },
    );

    it("[D8] cannot go through names to learn which are taken: only random ids are begun", async () => {
      const eve = await join(server, "eve");
      const begin = async (conversationId: string) =>
        told(await eve.submit({ type: "conversation.create", conversationId, kind: "group" }));
      expect(await begin("acme")).toMatchObject({ type: "reject", code: "permission/denied" });
      expect(await begin("acme")).toEqual(await begin("amce"));
      for (const id of [newId(), randomUUID()]) expect(await begin(id)).toMatchObject({ type: "ack" });
    });

    it("[D8] cannot reach each other's messages from a conversation of their own", async () => {
      const bea = await join(server, "bea");
      const token = await server.issueToken("bea");
      const from = (target: Target): Target => ({ ...target, conversationId: "bolt" });
      const reaches = [
        ...commands.map(([type, make]) => [type, make, commandRoutes] as const),
        ...queries.map(([type, make]) => [type, make, queryRoutes] as const),
      ].filter(([, make]) => "messageId" in make(real));
      expect(reaches.length).toBeGreaterThan(7);
      for (const [type, make, routes] of reaches) {
        const route = entryOf(routes, type);
        const known = await overHttp(server, route, make(from(real)), { token });
        expect([type, JSON.parse(known.text).code]).toEqual([type, "message/not-found"]);
        expect(known).toEqual(await overHttp(server, route, make(from(unreal)), { token }));
      }
      for (const field of ["replyTo", "threadId"] as const) {
        const answers = [real, unreal].map(({ messageId }) =>
          bea.submit({ ...message("bolt", "?"), [field]: messageId }),
        );
        const [known, unknown] = (await Promise.all(answers)).map(told);
        expect(known).toMatchObject({ code: "message/not-found" });
        expect(known).toEqual(unknown);
      }
    });

    it("[D8] cannot reach each other's files from a conversation of their own", async () => {
      const bea = await join(server, "bea");
      for (const type of ["file.complete", "file.cancel", "file.state", "file.download"] as const) {
        const ask = async ({ fileId }: Target) =>
          told(
            await bea.ask({
              type,
              conversationId: "bolt",
              fileId,
              ...(type === "file.complete" && { parts: [] }),
            } as never),
          );
        expect([type, await ask(real)]).toEqual([type, await ask(unreal)]);
      }
      const attachments = (fileId: string) => [
        { fileId, kind: "file", name: "a", type: "text/plain", size: 3 } as const,
      ];
      const show = async ({ fileId }: Target) =>
        told(
          await bea.submit({
            ...message("bolt", "?"),
            content: { text: "", attachments: attachments(fileId) },
          }),
        );
      expect(await show(real)).toEqual(await show(unreal));
    });

    it("[D8] list, count and export nothing but their own", async () => {
      const bea = await join(server, "bea");
      const own = await bea.query({ type: "conversations", limit: 100 });
      expect(own.items.map(({ conversation }) => conversation.conversationId)).toEqual(["bolt"]);
      expect(bea.all("welcome")[0]?.welcome.heads.map(({ conversationId }) => conversationId)).toEqual([
        "bolt",
      ]);
      const token = await server.issueToken("bea");
      const exported = await call(server, "GET /v1/conversations/bolt/export", { token });
      expect(exported.text).toContain("ours");
      for (const text of [exported.text, (await call(server, "GET /v1/conversations", { token })).text])
        expect(text).not.toMatch(/acme|crown|"ada"|"alan"/u);
    });

    it("[D8] hear nothing of each other, whatever is done and whatever they watch", async () => {
      const bea = await join(server, "bea");
      bea.send({ type: "signal", signal: { type: "watch", conversationIds: ["acme", "bolt"] } });
      bea.send({ type: "signal", signal: { type: "typing", conversationId: "acme", active: true } });
      await bea.settled();
      bea.frames.length = 0;
      const ada = await join(server, "ada");
      const alan = await join(server, "alan");
      ada.send({ type: "signal", signal: { type: "watch", conversationIds: ["acme"] } });
      alan.send({ type: "signal", signal: { type: "typing", conversationId: "acme", active: true } });
      const { commandId: messageId } = await ada.say("acme", secret);
      const content = { text: secret, poll: { options: [secret, "no"] } };
      const asked = { type: "message.send", conversationId: "acme", kind: "poll", content } as const;
      const { commandId: pollId } = await ada.accepted(asked);
      // The last is the server's alone.
      const later = new Set(["participant.add", "participant.leave", "message.delete", "conversation.prune"]);
      const heard = async ([type, make]: (typeof commands)[number]): Promise<void> => {
        const target = type.startsWith("note.") ? { ...real, conversationId: notebookOf("ada") } : real;
        await ada.accepted(make({ ...target, messageId: type.startsWith("poll.") ? pollId : messageId }));
      };
      for (const one of commands.filter(([type]) => type !== "participant.join" && !later.has(type)))
        await heard(one);
      await ada.accepted({ type: "message.delete", conversationId: "acme", messageId });
      await alan.settled();
      await bea.settled();
      expect(alan.all("change").length).toBeGreaterThan(7);
      expect(bea.all("pong").flatMap(({ heads }) => heads)).toEqual([]);
      expect(JSON.stringify([...alan.frames, ...bea.frames])).not.toMatch(/note\.|~\//u);
      expect(JSON.stringify(bea.frames)).not.toMatch(/acme|crown|"ada"|"alan"|typing|presence/u);
      expect(JSON.stringify(ada.frames)).not.toMatch(/"bea"/u);
    });
  });

  describe(`the time an answer takes on ${name}`, () => {
    it("[D8] tells nothing: what is not there is looked up like what is not theirs", async () => {
      const reads = countStatements();
      try {
        const bea = await join(server, "bea");
        // Whoever searches first has what was said meanwhile indexed, wherever that was.
        await bea.ask({ type: "search", text: "anything", limit: 1 });
        const cost = async (ask: () => Promise<unknown>): Promise<number> => {
          const before = reads.count;
          await ask();
          return reads.count - before;
        };
        for (const [type, make] of queries) {
          const [known, unknown] = [
            await cost(() => bea.ask(make(real))),
            await cost(() => bea.ask(make(unreal))),
          ];
          expect(known).toBeGreaterThan(1);
          expect([type, known]).toEqual([type, unknown]);
        }
        for (const [type, make] of commands) {
          const [known, unknown] = [
            await cost(() => bea.submit(make(real))),
            await cost(() => bea.submit(make(unreal))),
          ];
          expect([type, known]).toEqual([type, unknown]);
        }
      } finally {
        reads.stop();
      }
    });
  });
}
