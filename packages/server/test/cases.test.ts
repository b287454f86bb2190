import { type Change, notebookOf } from "@tidings/core/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { createServiceKey, type TidingsServer } from "../src/index.ts";
import { openLibsqlStore } from "../src/store/index.ts";
import { call } from "./support/api.ts";
import type { RawClient } from "./support/raw-client.ts";
import { join, secret } from "./support/server-process.ts";
import { start, unhurried } from "./support/start.ts";

async function heard(client: RawClient, fits: (change: Change) => boolean): Promise<Change> {
  return (await client.find("change", (frame) => fits(frame.change))).change;
}

interface Case {
  readonly id: string;
  readonly status: string;
  readonly revision: number;
}

describe("the moderators' queue over HTTP", () => {
  const desk = createServiceKey();
  const plain = createServiceKey();
  let server: TidingsServer;
  let ada: RawClient;
  let bob: RawClient;
  let cy: RawClient;
  beforeEach(async () => {
    const serviceKeys = [
      { name: "desk", hash: desk.hash, scopes: ["moderate" as const, "act" as const, "audit" as const] },
      { name: "plain", hash: plain.hash, scopes: ["system" as const] },
    ];
    const moderators = [
      ({ text }: { text: string }) =>
        text.includes("odd")
          ? ({ type: "flag", reason: "odd", score: 0.5 } as const)
          : ({ type: "pass" } as const),
    ];
    const roles = { desk: ["moderate" as const, "act" as const] };
    server = await start({ secret, lobbies: [], policy: unhurried, serviceKeys, moderators, roles });
    [ada, bob, cy] = await Promise.all([
      join(server.url, "ada"),
      join(server.url, "bob"),
      join(server.url, "cy"),
    ]);
    const participants = [
      { userId: "bob" },
      { userId: "cy" },
      { userId: "mo", role: "moderator" as const },
      { userId: "max", role: "moderator" as const },
    ];
    await ada.accepted({ type: "conversation.create", conversationId: "a", kind: "group", participants });
    await cy.accepted({ type: "conversation.create", conversationId: "b", kind: "group", participants: [] });
  });

  const as = async (userId: string, line: string, body?: unknown) =>
    call(server, line, { token: await server.issueToken(userId), body });
  const queue = "GET /v1/moderation/cases";
  const listed = async (userId: string, query = "conversationId=a"): Promise<readonly Case[]> =>
    ((await as(userId, `${queue}?${query}`)).json as { readonly items: readonly Case[] }).items;
  const decide = (userId: string, { id, revision }: Case, decision: string, reason?: string) =>
    as(userId, `PUT /v1/moderation/cases/${id}/decision`, {
      ...{ decision, revision },
      ...(reason !== undefined && { reason }),
    });
  const say = async (text: string): Promise<string> => (await bob.say("a", text)).commandId;
  const note = (
    client: RawClient,
    userId: string,
    kind: "report" | "appeal",
    messageId: string,
    text: string,
  ) =>
    client.accepted({
      ...{ type: "note.set", conversationId: notebookOf(userId), value: { text } },
      subject: { kind, conversationId: "a", messageId },
    });
  const first = async (): Promise<Case> => {
    const [found] = await listed("ada");
    if (!found) throw new Error("no case");
    return found;
  };

  it("holds what was flagged and what was reported; a moderator approves it, and the log says who (row D24)", async () => {
    await say("odd");
    await note(cy, "cy", "report", await say("plain"), "rude");
    expect(await listed("mo", "conversationId=a&order=urgent")).toMatchObject([
      { reports: 1, urgency: 100, flags: [{ source: "person", reason: "rude" }] },
      { reports: 0, urgency: 50, flags: [{ source: "rule", reason: "odd", score: 0.5 }] },
    ]);
    const found = await first();
    expect((await as("mo", `GET /v1/moderation/cases/${found.id}`)).json).toEqual(found);
    const answer = await decide("mo", found, "approve");
    expect(answer).toMatchObject({ status: 200, json: { status: "approved", decidedBy: "mo" } });
    expect((await decide("mo", found, "approve")).status).toBe(200);
    expect(await listed("ada")).toHaveLength(1);
    expect(await listed("ada", "conversationId=a&status=closed")).toMatchObject([{ id: found.id }]);
    const { items } = await server.auditLog({ by: "actorId", id: "mo", limit: 10 });
    expect(items.map(({ action }) => action)).toEqual(["case.approve"]);
  });

  it("removes a message for everybody, and says why; bans who wrote it", async () => {
    const messageId = await say("odd");
    const found = await first();
    const removed = await decide("mo", found, "remove", "against the rules");
    expect(removed.json).toMatchObject({ status: "removed", said: { text: "odd" } });
    const change = await heard(bob, (each) => each.kind === "message.delete");
    expect(change.record).toMatchObject({
      ...{ id: messageId, moderated: true, reason: "against the rules", deletedBy: "mo" },
    });
    expect((await decide("max", found, "ban")).json).toMatchObject({ status: "banned", decidedBy: "max" });
    await heard(bob, (each) => each.kind === "participant.ban");
    const { items } = await server.auditLog({ by: "conversationId", id: "a", limit: 10 });
    expect(items.map(({ action, actorId }) => `${actorId} ${action}`).toSorted()).toEqual([
      "max case.ban",
      "max participant.ban",
      "mo case.remove",
      "mo message.delete",
      "system message.flag",
    ]);
  });

  it("is decided once, though two moderators decide at the same moment", async () => {
    await say("odd");
    const found = await first();
    const [one, other] = await Promise.all([decide("mo", found, "remove"), decide("max", found, "remove")]);
    expect([one.status, other.status]).toEqual([200, 200]);
    await say("odd too");
    const another = await first();
    await decide("mo", another, "approve");
    const late = await decide("max", another, "remove");
    expect(late).toMatchObject({ status: 409, json: { code: "moderation/decided" } });
    const { items } = await server.auditLog({ by: "conversationId", id: "a", limit: 20 });
    const done = items.flatMap(({ action }) => (action === "message.flag" ? [] : [action]));
    expect(done.toSorted()).toEqual(["case.approve", "case.remove", "message.delete"]);
  });

  it.each([
    ["approve", "granted"],
    ["remove", "refused"],
  ])(
    "asks again when the author appeals, and tells them the answer: %s (row D24)",
    async (decision, outcome) => {
      const messageId = await say("odd");
      await decide("mo", await first(), "remove");
      await note(bob, "bob", "appeal", messageId, "it was a quote");
      const appealed = await first();
      expect(appealed).toMatchObject({ status: "appealed", appeal: "it was a quote" });
      expect((await decide("max", appealed, decision)).status).toBe(200);
      const answer = await heard(
        bob,
        ({ record }) => record.type === "note" && record.value?.outcome !== undefined,
      );
      expect(answer.record).toMatchObject({ subject: { kind: "appeal", messageId }, value: { outcome } });
      expect((await decide("max", appealed, decision)).status).toBe(200);
      expect(await listed("ada")).toEqual([]);
    },
  );

  it("is decided also while its author goes on editing: what was pointed at was said; only an approval is of what was read", async () => {
    const messageId = await say("odd");
    const seen = await first();
    const edit = { type: "message.edit", conversationId: "a", messageId } as const;
    await bob.accepted({ ...edit, content: { text: "quite plain" } });
    const approved = await decide("mo", seen, "approve");
    expect(approved).toMatchObject({ status: 409, json: { code: "moderation/changed" } });
    const removed = await decide("mo", seen, "remove");
    expect(removed).toMatchObject({ status: 200, json: { status: "removed", decidedBy: "mo" } });
    const { items } = await server.auditLog({ by: "actorId", id: "mo", limit: 10 });
    expect(items.map(({ action }) => action)).toContain("case.remove");
  });

  it("is decided as the moderator saw it: an appeal nobody has read is not answered, and an answer not taken back", async () => {
    const messageId = await say("odd");
    const seen = await first();
    await ada.accepted({ type: "message.delete", conversationId: "a", messageId });
    await note(bob, "bob", "appeal", messageId, "it was a quote");
    const late = await decide("mo", seen, "remove");
    expect(late).toMatchObject({ status: 409, json: { code: "moderation/changed" } });
    const appealed = await first();
    expect(appealed).toMatchObject({ status: "appealed" });
    const both = await Promise.all([decide("mo", appealed, "approve"), decide("max", appealed, "remove")]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
    const winner = both.find(({ status }) => status === 200)?.json;
    await say("done");
    const answers = bob
      .all("change")
      .flatMap(({ change: { record } }) =>
        record.type === "note" && record.value?.outcome ? [record.value.outcome] : [],
      );
    expect(answers).toEqual([(winner as Case).status === "approved" ? "granted" : "refused"]);
  });

  it("[D8] is for moderators; to all others, and of other conversations, there is none", async () => {
    await say("odd");
    const found = await first();
    const nothing = { ...found, id: "0".repeat(32) };
    for (const userId of ["cy", "bob", "eve"]) {
      const one = await as(userId, `GET /v1/moderation/cases/${found.id}`);
      const none = await as(userId, `GET /v1/moderation/cases/${nothing.id}`);
      expect([one.status, one.json]).toEqual([404, none.json]);
      for (const decision of ["approve", "remove", "ban"])
        expect((await decide(userId, found, decision)).json).toEqual(one.json);
    }
    expect((await as("bob", `${queue}?conversationId=a`)).json).toMatchObject({ code: "permission/denied" });
    const stranger = (await as("eve", `${queue}?conversationId=a`)).json;
    expect(stranger).toEqual((await as("eve", `${queue}?conversationId=none`)).json);
    expect((await as("ada", queue)).json).toMatchObject({ code: "query/malformed" });
    expect(await listed("cy", "conversationId=b")).toEqual([]);
    await ada.accepted({ type: "participant.role", conversationId: "a", userId: "mo", role: "member" });
    expect((await as("mo", `GET /v1/moderation/cases/${found.id}`)).status).toBe(404);
  });

  it("is open to a key of the scope, of all conversations, and to no other; a key that speaks for somebody sees with their eyes", async () => {
    await say("odd");
    const found = await first();
    const byKey = (key: string, line: string, body?: unknown, userId?: string) =>
      call(server, line, { token: key, body, ...(userId && { headers: { "tidings-user": userId } }) });
    expect((await byKey(desk.key, queue)).json).toEqual({ items: [found] });
    expect((await byKey(plain.key, queue)).json).toMatchObject({ code: "permission/denied" });
    expect((await byKey(desk.key, queue, undefined, "cy")).json).toMatchObject({ code: "query/malformed" });
    const line = `PUT /v1/moderation/cases/${found.id}/decision`;
    const body = { decision: "remove", revision: found.revision };
    expect((await byKey(desk.key, line, body, "cy")).status).toBe(404);
    expect((await byKey(desk.key, line, { decision: "remove" })).status).toBe(400);
    expect((await byKey(desk.key, line, body)).json).toMatchObject({ status: "removed" });
    const { items } = await server.auditLog({ by: "actorId", id: "desk", limit: 5 });
    expect(items.map(({ action }) => action)).toEqual(["case.remove"]);
  });

  it("[D8] shows nobody what is said of themselves, though they moderate; a key of the scope sees it", async () => {
    const mo = await join(server.url, "mo");
    await note(cy, "cy", "report", (await mo.say("a", "plain")).commandId, "he is rude to me");
    const found = await first();
    expect(await listed("mo")).toEqual([]);
    const own = await as("mo", `GET /v1/moderation/cases/${found.id}`);
    const none = await as("mo", `GET /v1/moderation/cases/${"0".repeat(32)}`);
    expect([own.status, own.json]).toEqual([404, none.json]);
    expect(await listed("max")).toEqual([found]);
    expect((await call(server, queue, { token: desk.key })).json).toEqual({ items: [found] });
  });

  it("takes a person's token of the scope for that person: nobody decides about themselves, nor in another's name", async () => {
    await (await join(server.url, "mo")).say("a", "odd");
    const found = await first();
    const by = async (userId: string, body?: unknown, onBehalfOf?: string) =>
      call(server, `PUT /v1/moderation/cases/${found.id}/decision`, {
        token: await server.issueToken(userId, { roles: ["desk"] }),
        body,
        ...(onBehalfOf && { headers: { "tidings-user": onBehalfOf } }),
      });
    const body = { decision: "approve", revision: found.revision };
    expect((await by("mo", body)).status).toBe(404);
    expect((await by("mo", body, "max")).status).toBe(404);
    expect((await by("kim", body, "eve")).status).toBe(404);
    expect((await by("kim", body)).json).toMatchObject({ decidedBy: "kim" });
  });

  it("lets nobody decide about themselves, nor remove a person, nor say what is no decision", async () => {
    const mo = await join(server.url, "mo");
    await mo.say("a", "odd");
    const found = await first();
    expect((await decide("mo", found, "approve")).status).toBe(404);
    expect((await decide("max", found, "ban")).json).toMatchObject({ code: "permission/denied" });
    expect(await listed("ada")).toHaveLength(1);
    await cy.accepted({
      ...{ type: "note.set", conversationId: notebookOf("cy"), value: {} },
      subject: { kind: "report", conversationId: "a", userId: "bob" },
    });
    const person = await first();
    expect(person).toMatchObject({ userId: "bob" });
    expect((await decide("mo", person, "remove")).json).toMatchObject({ code: "command/malformed" });
    expect((await decide("mo", person, "forgive")).json).toMatchObject({ code: "command/malformed" });
    expect((await decide("mo", person, "ban")).json).toMatchObject({ status: "banned" });
    await heard(bob, (each) => each.kind === "participant.ban");
  });

  it("is not there where the store keeps no cases: a report, which nobody would see, is refused", async () => {
    const kept = openLibsqlStore();
    const store = new Proxy(kept, {
      get(of, name) {
        const value: unknown = name === "cases" ? undefined : Reflect.get(of, name, of);
        return typeof value === "function" ? value.bind(of) : value;
      },
    });
    const plainServer = await start({ secret, lobbies: [], policy: unhurried, store });
    const eve = await join(plainServer.url, "eve");
    await eve.accepted({
      type: "conversation.create",
      conversationId: "e",
      kind: "group",
      participants: [{ userId: "bob" }],
    });
    const subject = { kind: "report", conversationId: "e", userId: "bob" } as const;
    const report = { type: "note.set", conversationId: notebookOf("eve"), value: {}, subject } as const;
    expect(await eve.refused(report)).toBe("command/unsupported");
    const answer = await call(plainServer, `${queue}?conversationId=e`, {
      token: await plainServer.issueToken("eve"),
    });
    expect(answer).toMatchObject({ status: 404, json: { code: "command/unsupported" } });
  });
});
