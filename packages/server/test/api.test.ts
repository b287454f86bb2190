import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkArchive } from "../src/archive/import-archive.ts";
import { createServer, createServiceKey, type TidingsServer } from "../src/index.ts";
import { chunksOf } from "./archive/archive-text.ts";
import { join, message, newId } from "./support/raw-client.ts";
import { type Answered, call, type Call } from "./support/api.ts";
import { unhurried } from "./support/start.ts";

const backend = createServiceKey();
const narrow = createServiceKey();

let server: TidingsServer;
beforeAll(async () => {
  server = await createServer({
    port: 0,
    lobbies: [],
    policy: unhurried,
    issueTokens: true,
    roles: { support: ["act"] },
    serviceKeys: [
      {
        name: "backend",
        hash: backend.hash,
        scopes: ["act", "system", "erase", "export", "archive", "audit", "tokens"],
      },
      { name: "narrow", hash: narrow.hash, scopes: [] },
    ],
  });
});
afterAll(() => server.close());

/** As the server itself. */
const asSystem = (line: string, more: Call = {}): Promise<Answered> =>
  call(server, line, { token: backend.key, ...more });

async function as(userId: string, line: string, more: Call = {}): Promise<Answered> {
  return call(server, line, { token: await server.issueToken(userId), ...more });
}

let conversations = 0;

/** A new conversation of these people, made by the backend; its path. */
async function room(...userIds: readonly string[]): Promise<string> {
  const conversationId = `room-${(conversations += 1)}`;
  const participants = userIds.map((userId, index) => ({ userId, role: index === 0 ? "owner" : "member" }));
  const made = await asSystem("POST /v1/conversations", {
    body: { conversationId, kind: "group", participants },
  });
  expect(made.status).toBe(201);
  return `/v1/conversations/${conversationId}`;
}

const text = (words: string): object => ({ kind: "text", content: { text: words } });
const problem = (code: string, status: number): object => ({ status, json: { code, status } });

describe("what a person does over HTTP", () => {
  it("is sent, edited, reacted to, read and deleted, and others hear of it on their links", async () => {
    const path = await room("ada", "bob");
    const bob = await join(server, "bob");
    const sent = await as("ada", `POST ${path}/messages`, { body: text("hello") });
    expect(sent).toMatchObject({
      status: 201,
      json: { changes: [{ kind: "message.send", record: { seq: 1 } }] },
    });
    const { commandId } = JSON.parse(sent.text);
    const one = `${path}/messages/${commandId}`;
    await as("ada", `PATCH ${one}`, { body: { content: { text: "hello, all" } } });
    await as("bob", `PUT ${one}/reactions/${encodeURIComponent("👍")}`);
    await as("bob", `PUT ${path}/receipt`, { body: { readSeq: 1 } });
    expect(await as("ada", `GET ${path}/messages?limit=5`)).toMatchObject({
      status: 200,
      json: {
        messages: [{ content: { text: "hello, all" }, reactions: [{ emoji: "👍", userIds: ["bob"] }] }],
      },
    });
    expect(await as("ada", `GET ${one}/versions`)).toMatchObject({ json: [{ content: { text: "hello" } }] });
    expect(await as("ada", `GET ${one}/reactions/${encodeURIComponent("👍")}`)).toMatchObject({
      json: { items: ["bob"] },
    });
    expect(await as("ada", `GET ${path}/receipts`)).toMatchObject({
      json: { items: [{ userId: "bob", readSeq: 1 }] },
    });
    expect((await as("ada", `DELETE ${one}`)).status).toBe(200);
    await bob.settled();
    const kinds = bob.all("change").map(({ change }) => change.kind);
    expect(kinds).toEqual(["message.send", "message.edit", "message.react", "message.delete"]);
  });

  it("has the numbers of one conversation whoever writes, over HTTP or a link", async () => {
    const path = await room("ada", "bob");
    const bob = await join(server, "bob");
    const conversationId = path.split("/").at(-1) ?? "";
    await as("ada", `POST ${path}/messages`, { body: text("one") });
    await bob.say(conversationId, "two");
    await as("ada", `POST ${path}/messages`, { body: text("three") });
    const { json } = await as("ada", `GET ${path}/changes?afterRev=3&kinds=message,conversation`);
    expect(json).toMatchObject({
      upTo: 6,
      records: [{ seq: 1 }, { seq: 2 }, { seq: 3 }].map((each) => expect.objectContaining(each)),
    });
  });

  it("is paged by cursors", async () => {
    const path = await room("ada", "bob", "eve");
    const first = await as("ada", `GET ${path}/participants?limit=2`);
    const { items, next } = JSON.parse(first.text);
    expect(items).toHaveLength(2);
    const rest = await as("ada", `GET ${path}/participants?limit=2&after=${encodeURIComponent(next)}`);
    expect(JSON.parse(rest.text)).toEqual({ items: [expect.objectContaining({ type: "participant" })] });
    const own = await as("eve", "GET /v1/conversations?limit=100");
    expect(JSON.parse(own.text).items).toContainEqual(expect.objectContaining({ memberCount: 3 }));
  });

  it("asks for the same rights as the wire, in a problem with the same code", async () => {
    const path = await room("ada", "bob");
    expect(await as("bob", `DELETE ${path}/participants/ada`)).toMatchObject(
      problem("permission/denied", 403),
    );
    expect(await as("bob", `PATCH ${path}`, { body: { name: "mine" } })).toMatchObject(
      problem("permission/denied", 403),
    );
    expect(await as("ada", `PUT ${path}/participants/bob/ban`)).toMatchObject({ status: 200 });
    const banned = await as("bob", `POST ${path}/messages`, { body: text("hello?") });
    expect(banned).toMatchObject(problem("permission/banned", 403));
    expect(banned.headers.get("content-type")).toContain("application/problem+json");
    expect(banned.json).toMatchObject({
      type: "@tidings/core/dist/errors.md#permissionbanned",
      retryable: false,
    });
  });

  it("is refused where it is malformed, with the place and nothing of what was sent", async () => {
    const path = await room("ada");
    const bodies: readonly (readonly [unknown, string])[] = [
      [{ kind: "text", content: { text: 7 } }, "content"],
      [{ kind: "shout", content: { text: "secret" } }, "kind"],
      [[], "the body"],
      ['{"kind":', "body"],
      ['{"__proto__":{"secret":1}}', "body"],
    ];
    for (const [body, place] of bodies) {
      const refused = await as("ada", `POST ${path}/messages`, { body });
      expect(refused).toMatchObject(problem("command/malformed", 400));
      expect(refused.text).toContain(place);
      expect(refused.text).not.toContain("secret");
    }
    for (const search of ["limit=x", "limit=0", "limit=9999", "before=-1", `before=${"9".repeat(30)}`])
      expect(await as("ada", `GET ${path}/messages?${search}`)).toMatchObject(
        problem("query/malformed", 400),
      );
    const xml = await as("ada", `POST ${path}/messages`, {
      body: "<hi/>",
      headers: { "content-type": "text/xml" },
    });
    expect(xml).toMatchObject(problem("command/malformed", 415));
    const huge = await as("ada", `POST ${path}/messages`, { body: text("x".repeat(70_000)) });
    expect(huge).toMatchObject(problem("protocol/too-large", 413));
  });

  it("finds conversations and people whatever their ids are", async () => {
    const conversationId = `${"🦔".repeat(60)}/../?#%2f`;
    const body = { conversationId, kind: "group", participants: [{ userId: "a/b c" }] };
    expect((await as("ada", "POST /v1/conversations", { body })).status).toBe(201);
    const path = `/v1/conversations/${encodeURIComponent(conversationId)}`;
    expect(await as("ada", `GET ${path}`)).toMatchObject({ json: { conversation: { conversationId } } });
    const gone = await as("ada", `DELETE ${path}/participants/${encodeURIComponent("a/b c")}`);
    expect(gone).toMatchObject({
      status: 200,
      json: { changes: [{ record: { userId: "a/b c", status: "removed" } }] },
    });
  });
});

describe("text", () => {
  it("takes what reads like SQL for what it is: text", async () => {
    const evil = `'"; DROP TABLE messages; -- \\ % _ $1 ?1 \u{1F980}`;
    const body = { conversationId: evil, kind: "group", name: evil, participants: [{ userId: evil }] };
    expect((await asSystem("POST /v1/conversations", { body })).status).toBe(201);
    const path = `/v1/conversations/${encodeURIComponent(evil)}`;
    const headers = { "tidings-user": encodeURIComponent(evil), "idempotency-key": "'--" };
    const sent = await asSystem(`POST ${path}/messages`, { body: text(evil), headers });
    expect(sent).toMatchObject({
      status: 201,
      json: { changes: [{ actorId: evil, record: { content: { text: evil } } }] },
    });
    const one = `${path}/messages/${JSON.parse(sent.text).commandId}`;
    await asSystem(`PUT ${one}/reactions/${encodeURIComponent("💎")}`, {
      headers: { "tidings-user": headers["tidings-user"] },
    });
    const read = await asSystem(`GET ${path}/messages`, { headers });
    expect(read).toMatchObject({ json: { messages: [{ reactions: [{ emoji: "💎", userIds: [evil] }] }] } });
    const token = encodeURIComponent("1' OR '1'='1");
    for (const what of ["/v1/conversations", `${path}/participants`, `${path}/receipts`]) {
      const page = await asSystem(`GET ${what}?after=${token}`, { headers });
      expect(page.status).toBeLessThan(500);
    }
  });
});

describe("Idempotency-Key", () => {
  it("[D2] makes a request take effect once, and answers it the same again", async () => {
    const path = await room("ada", "bob");
    const requests: readonly (readonly [string, string, unknown])[] = [
      ["ada", `POST ${path}/messages`, text("once")],
      ["ada", `POST ${path}/participants`, { userId: "eve" }],
      ["ada", "POST /v1/conversations", { kind: "group" }],
    ];
    for (const [userId, line, body] of requests) {
      const headers = { "idempotency-key": "order-17" };
      const first = await as(userId, line, { body, headers });
      const again = await as(userId, line, { body, headers });
      expect(first.status).toBe(201 - (line.endsWith("participants") ? 1 : 0));
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect([first, again].map((each) => each.headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    }
    const history = await as("ada", `GET ${path}/messages`);
    expect(JSON.parse(history.text).messages).toHaveLength(1);
  });

  it("[D2] holds for what the server itself does, and for refusals", async () => {
    const path = await room("ada");
    const headers = { "idempotency-key": "k" };
    const [first, again] = [
      await asSystem(`POST ${path}/messages`, { body: text("once"), headers }),
      await asSystem(`POST ${path}/messages`, { body: text("once"), headers }),
    ];
    expect(again.text).toBe(first.text);
    const denied = await as("bob", `POST ${path}/messages`, { body: text("?"), headers });
    await asSystem(`POST ${path}/participants`, { body: { userId: "bob" } });
    expect((await as("bob", `POST ${path}/messages`, { body: text("?"), headers })).text).toBe(denied.text);
  });

  it("that is a UUID of version 7 is the command's id, the same over HTTP and on a link", async () => {
    const path = await room("ada");
    const conversationId = path.split("/").at(-1) ?? "";
    const commandId = newId();
    const ada = await join(server, "ada");
    await ada.accepted({ ...message(conversationId, "once"), commandId });
    const again = await as("ada", `POST ${path}/messages`, {
      body: text("once"),
      headers: { "idempotency-key": commandId },
    });
    expect(again.json).toMatchObject({ commandId });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  it("of one user means nothing for another, nor for another request", async () => {
    const path = await room("ada", "bob");
    const headers = { "idempotency-key": "1" };
    const ids = [];
    for (const [userId, where] of [
      ["ada", path],
      ["bob", path],
      ["ada", await room("ada")],
    ] as const) {
      const sent = await as(userId, `POST ${where}/messages`, { body: text("hi"), headers });
      ids.push(JSON.parse(sent.text).commandId);
    }
    expect(new Set(ids).size).toBe(3);
    const refused = await as("ada", `POST ${path}/messages`, {
      body: text("hi"),
      headers: { "idempotency-key": "x".repeat(256) },
    });
    expect(refused).toMatchObject(problem("command/malformed", 400));
  });
});

describe("a service key", () => {
  it("speaks as the server itself, above everybody's rights", async () => {
    const path = await room("ada", "bob");
    const said = await asSystem(`POST ${path}/messages`, {
      body: { kind: "system", content: { text: "welcome" } },
    });
    expect(said).toMatchObject({
      status: 201,
      json: { changes: [{ actorId: "system", record: { kind: "system" } }] },
    });
    for (const [line, body] of [
      [`PATCH ${path}`, { name: "Tea" }],
      [`POST ${path}/participants`, { userId: "eve" }],
      [`PUT ${path}/participants/eve/role`, { role: "admin" }],
      [`PUT ${path}/participants/bob/mute`, {}],
      [`DELETE ${path}/participants/bob/mute`, undefined],
      [`PUT ${path}/participants/bob/ban`, undefined],
      [`DELETE ${path}/participants/bob/ban`, undefined],
      [`DELETE ${path}/participants/eve`, undefined],
      [`DELETE ${path}/messages/${JSON.parse(said.text).commandId}`, undefined],
      [`PUT ${path}/status`, { status: "archived" }],
    ] as const) {
      const done = await asSystem(line, body === undefined ? {} : { body });
      expect([line, done.status, JSON.parse(done.text).changes.length]).toEqual([line, 200, 1]);
    }
  });

  it("speaks for the user it names, with that user's rights and eyes", async () => {
    const path = await room("ada", "bob ö");
    const headers = { "tidings-user": encodeURIComponent("bob ö") };
    const sent = await asSystem(`POST ${path}/messages`, { body: text("I am bob"), headers });
    expect(sent).toMatchObject({ status: 201, json: { changes: [{ record: { authorId: "bob ö" } }] } });
    expect(await asSystem(`PATCH ${path}`, { body: { name: "mine" }, headers })).toMatchObject(
      problem("permission/denied", 403),
    );
    expect(await asSystem(`GET ${path}/messages`, { headers })).toMatchObject({ status: 200 });
    const stranger = await asSystem(`GET ${path}/messages`, { headers: { "tidings-user": "eve" } });
    expect(stranger).toMatchObject(problem("conversation/not-found", 404));
  });

  it("[D8] sees nothing with eyes of its own", async () => {
    const path = await room("ada");
    for (const what of ["", "/messages", "/changes?afterRev=0", "/participants", "/export"])
      expect(await asSystem(`GET ${path}${what}`)).toMatchObject(problem("permission/denied", 403));
    expect(await asSystem("GET /v1/conversations")).toMatchObject(problem("permission/denied", 403));
  });

  it("may do what its scopes say and nothing else", async () => {
    const path = await room("ada");
    const token = narrow.key;
    for (const [line, headers] of [
      [`POST ${path}/messages`, {}],
      [`POST ${path}/messages`, { "tidings-user": "ada" }],
      [`GET ${path}/messages`, { "tidings-user": "ada" }],
      ["DELETE /v1/users/ada", {}],
      ["POST /v1/users/ada/tokens", {}],
    ] as const) {
      const body = line.startsWith("POST") ? text("x") : undefined;
      const refused = await call(server, line, { token, headers, ...(body && { body }) });
      expect([line, refused]).toMatchObject([line, problem("permission/denied", 403)]);
    }
    expect(await as("ada", "DELETE /v1/users/bob")).toMatchObject(problem("permission/denied", 403));
    for (const name of ["system", "", "%00", "%"])
      expect(
        await asSystem(`POST ${path}/messages`, { body: text("x"), headers: { "tidings-user": name } }),
      ).toMatchObject(problem("command/malformed", 400));
  });

  it("that nobody gave out, or no key at all, opens nothing", async () => {
    const path = await room("ada");
    for (const token of [`${backend.key}x`, backend.key.slice(0, -1), "tsk_", backend.hash])
      expect(await call(server, `GET ${path}`, { token })).toMatchObject(problem("auth/invalid", 401));
    const none = await call(server, `GET ${path}`);
    expect(none).toMatchObject(problem("auth/required", 401));
    expect(none.headers.get("www-authenticate")).toBe("Bearer");
    const other = await call(server, `GET ${path}`, { headers: { authorization: "Basic YWRhOmFkYQ==" } });
    expect(other).toMatchObject(problem("auth/required", 401));
    const expired = await server.issueToken("ada", { expiresInMs: -1 });
    expect(await call(server, `GET ${path}`, { token: expired })).toMatchObject(problem("auth/expired", 401));
  });
});

describe("a role in a token", () => {
  it("gives the scopes the settings say, and none they do not", async () => {
    const path = await room("ada");
    const headers = { "tidings-user": "ada" };
    const token = await server.issueToken("helper", { roles: ["support", "__proto__", "unknown"] });
    expect(await call(server, `GET ${path}`, { token, headers })).toMatchObject({ status: 200 });
    expect(await call(server, "DELETE /v1/users/ada", { token })).toMatchObject(
      problem("permission/denied", 403),
    );
    const plain = await server.issueToken("helper");
    expect(await call(server, `GET ${path}`, { token: plain, headers })).toMatchObject(
      problem("permission/denied", 403),
    );
  });
});

describe("what backends need beside the wire", () => {
  it("erases a person, whoever looks on", async () => {
    const path = await room("ada", "leaver");
    await as("leaver", `POST ${path}/messages`, { body: text("my secret") });
    const erased = await asSystem("DELETE /v1/users/leaver");
    expect([erased.status, erased.text]).toEqual([204, ""]);
    const history = await as("ada", `GET ${path}/messages`);
    expect(history.text).toContain('"deletedBy":"system"');
    expect(history.text).not.toContain("my secret");
  });

  it("issues tokens, where the server was told to", async () => {
    const issued = await asSystem("POST /v1/users/ada/tokens", { body: { expiresInMs: 60_000 } });
    expect(issued.status).toBe(201);
    const { token } = JSON.parse(issued.text);
    expect(await call(server, "GET /v1/conversations", { token })).toMatchObject({ status: 200 });
    expect(await asSystem("POST /v1/users/system/tokens")).toMatchObject(problem("command/malformed", 400));
  });

  it("exports a conversation line by line, with the texts it had before", async () => {
    const path = await room("ada", "bob");
    for (let n = 1; n <= 103; n += 1) await asSystem(`POST ${path}/messages`, { body: text(`line ${n}`) });
    const sent = await as("ada", `POST ${path}/messages`, { body: text("draft") });
    await as("ada", `PATCH ${path}/messages/${JSON.parse(sent.text).commandId}`, {
      body: { content: { text: "final" } },
    });
    const exported = await as("bob", `GET ${path}/export`);
    expect(exported.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = exported.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual([
      ...["header", "conversation"],
      ...["participant", "participant"],
      ...Array.from({ length: 104 }, () => "message"),
      ...["version", "end"],
    ]);
    expect(lines[0].scope).toMatchObject({ of: "reading", userId: "bob" });
    const texts = lines.slice(4, -1).map(({ content }) => content.text);
    expect(texts).toEqual([
      ...Array.from({ length: 103 }, (_, index) => `line ${index + 1}`),
      "final",
      "draft",
    ]);
    expect(await as("eve", `GET ${path}/export`)).toMatchObject(problem("conversation/not-found", 404));
    const conversationId = path.split("/").at(-1) ?? "";
    const audit = await asSystem(`GET /v1/audit?conversationId=${conversationId}`);
    const entry = { at: expect.any(Number), conversationId };
    expect(audit.json).toEqual({ items: [{ ...entry, action: "conversation.export", actorId: "bob" }] });
  });
});

describe("what is kept of a user", () => {
  it("is told to themself and to keys of the scope, line by line, and to nobody else", async () => {
    const path = await room("kim", "bob");
    await as("kim", `POST ${path}/messages`, { body: text("kim's words") });
    await as("bob", `POST ${path}/messages`, { body: text("bob's words") });
    const own = await as("kim", "GET /v1/users/kim/export");
    expect(own.headers.get("content-type")).toBe("application/x-ndjson");
    const types = (answer: Answered): readonly unknown[] =>
      answer.text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).type);
    expect(types(own)).toEqual(["header", "participant", "message", "audit", "end"]);
    expect(own.text).toContain("kim's words");
    expect(own.text).not.toContain("bob's words");
    const byKey = await asSystem("GET /v1/users/kim/export");
    expect(types(byKey)).toEqual(["header", "participant", "message", "audit", "audit", "end"]);
    const onBehalf = { token: narrow.key, headers: { "tidings-user": "kim" } };
    for (const refused of [
      await as("bob", "GET /v1/users/kim/export"),
      await call(server, "GET /v1/users/kim/export", { token: narrow.key }),
      await call(server, "GET /v1/users/kim/export", onBehalf),
      await as("bob", "GET /v1/users/nobody/export"),
    ])
      expect(refused).toMatchObject(problem("permission/denied", 403));
  });

  it("is nothing of whoever was erased, however often it is asked for", async () => {
    const path = await room("ada", "lee");
    await as("lee", `POST ${path}/messages`, { body: text("lee's words") });
    await asSystem("GET /v1/users/lee/export");
    await asSystem("DELETE /v1/users/lee");
    for (let time = 1; time <= 2; time += 1) {
      const nothing = await asSystem("GET /v1/users/lee/export");
      expect([nothing.status, nothing.text.trimEnd().split("\n").length]).toEqual([200, 2]);
    }
  });
});

describe("all there is", () => {
  it("is told to keys of the scope, as it can be imported elsewhere, and to nobody else (row D25)", async () => {
    const path = await room("ada", "bob");
    await as("ada", `POST ${path}/messages`, { body: text("for the archive") });
    const conversationId = decodeURIComponent(path.split("/").at(-1) ?? "");
    const all = await asSystem("GET /v1/export");
    expect(all.headers.get("content-type")).toBe("application/x-ndjson");
    expect(await checkArchive({ open: chunksOf(all.text) })).toMatchObject({ lines: expect.any(Number) });
    expect(all.text).toContain("for the archive");
    const one = await asSystem(`GET /v1/export?conversationId=${encodeURIComponent(conversationId)}`);
    const types = one.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).type);
    expect(types.slice(0, 5)).toEqual(["header", "conversation", "participant", "participant", "message"]);
    expect(types.at(-1)).toBe("end");
    expect(await asSystem("GET /v1/export?conversationId=nowhere")).toMatchObject(
      problem("conversation/not-found", 404),
    );
    expect(await asSystem("GET /v1/export?since=1")).toMatchObject(problem("query/malformed", 400));
    for (const refused of [
      await as("ada", "GET /v1/export"),
      await call(server, "GET /v1/export", { token: narrow.key }),
    ])
      expect(refused).toMatchObject(problem("permission/denied", 403));
    const { json } = await asSystem("GET /v1/audit?actorId=backend&limit=2");
    expect(json).toMatchObject({
      items: [{ action: "conversation.export", conversationId }, { action: "server.export" }],
    });
  });
});

describe("the audit log over HTTP", () => {
  it("is read in pages, of everybody or of one, with the scope and not without", async () => {
    const path = await room("mia", "bob", "eve");
    const conversationId = path.split("/").at(-1) ?? "";
    for (const userId of ["bob", "eve"])
      await as("mia", `PUT ${path}/participants/${userId}/mute`, { body: {} });
    await as("mia", `DELETE ${path}/participants/eve`);
    const first = await asSystem("GET /v1/audit?actorId=mia&limit=2");
    const entry = { at: expect.any(Number), actorId: "mia", conversationId };
    const { items, next } = JSON.parse(first.text);
    expect(items).toEqual([
      { ...entry, action: "participant.remove", subject: "eve" },
      { ...entry, action: "participant.mute", subject: "eve" },
    ]);
    const second = await asSystem(`GET /v1/audit?actorId=mia&limit=2&after=${next}`);
    expect(second.json).toEqual({ items: [{ ...entry, action: "participant.mute", subject: "bob" }] });
    for (const [search, count] of [
      [`conversationId=${conversationId}`, 3],
      ["subject=nobody", 0],
      ["limit=1", 1],
    ] as const)
      expect([search, JSON.parse((await asSystem(`GET /v1/audit?${search}`)).text).items.length]).toEqual([
        search,
        count,
      ]);
    for (const search of ["limit=0", "limit=101", "limit=x", "after=x", "actorId=a&subject=b", "who=mia"])
      expect([search, await asSystem(`GET /v1/audit?${search}`)]).toMatchObject([
        search,
        problem("query/malformed", 400),
      ]);
    for (const refused of [
      await as("mia", "GET /v1/audit"),
      await call(server, "GET /v1/audit", { token: narrow.key }),
    ])
      expect(refused).toMatchObject(problem("permission/denied", 403));
  });
});
