import type { AnyRecord } from "@tidings/core/protocol";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { notErased } from "../src/auth/not-erased.ts";
import { call } from "./support/api.ts";
import { message, RawClient } from "./support/raw-client.ts";
import { start, unhurried } from "./support/start.ts";

const secret = "0123456789abcdef0123456789abcdef";

function jwt({ userId, iat }: { readonly userId: string; readonly iat: number }): Promise<string> {
  return new SignJWT({ sub: userId, iss: "tidings", aud: "tidings", iat, exp: iat + 600 })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
}

describe("erasing a person", () => {
  it("takes back what they said and did, before the eyes of the others (row D25)", async () => {
    const server = await start({ lobbies: [], policy: unhurried });
    const join = async (userId: string): Promise<RawClient> => {
      const client = await new RawClient(server.url).opened();
      client.hello(await server.issueToken(userId), userId);
      await client.find("welcome");
      return client;
    };
    const [ada, bob] = [await join("ada"), await join("bob")];
    const participants = [{ userId: "bob" }];
    for (const conversationId of ["a", "closed"]) {
      await ada.accepted({ type: "conversation.create", conversationId, kind: "group", participants });
      for (let index = 0; index < 3; index += 1) await bob.accepted(message(conversationId, "bob's secret"));
    }
    const { commandId: messageId } = await ada.accepted(message("a", "ada's"));
    const { commandId: closedId } = await ada.accepted(message("closed", "ada's"));
    await bob.accepted({ type: "message.react", conversationId: "a", messageId, emoji: "👍" });
    await bob.accepted({
      ...{ type: "message.react", conversationId: "closed", messageId: closedId, emoji: "👍" },
    });
    await ada.accepted({ type: "conversation.status", conversationId: "closed", status: "archived" });
    ada.frames.length = 0;

    await server.eraseUser("bob");
    await server.eraseUser("nobody");
    const records = (): readonly AnyRecord[] => ada.all("change").map(({ change }) => change.record);
    const deletions = (): number =>
      records().filter((record) => record.type === "message" && record.deletedAt !== undefined).length;
    const departures = (): readonly AnyRecord[] => records().filter(({ type }) => type === "participant");
    await expect.poll(() => [deletions(), departures().length]).toEqual([6, 2]);
    expect(departures()[0]).toMatchObject({ userId: "bob", status: "left" });
    for (const id of [messageId, closedId])
      expect(records()).toContainEqual(expect.objectContaining({ id, reactions: [] }));
    const { items } = await server.auditLog({ limit: 100 });
    // One of each erasure, however much there was to erase; the archiving is ada's.
    expect(items.map(({ action, actorId }) => `${actorId}: ${action}`)).toEqual([
      "system: user.erase",
      "system: user.erase",
      "ada: conversation.status",
    ]);
    expect(JSON.stringify(await server.auditLog({ limit: 100 }))).not.toContain("bob");
    for (const conversationId of ["a", "closed"]) {
      const history = await ada.ask({ type: "history", conversationId, limit: 10 });
      expect(JSON.stringify(history)).not.toContain("secret");
    }
  });

  it("ends their links and their tokens at once, so that no device of theirs brings them back (row D25)", async () => {
    const server = await start({ secret, lobbies: [], policy: unhurried });
    const open = async (token: string, userId: string): Promise<RawClient> => {
      const client = await new RawClient(server.url).opened();
      client.hello(token, userId);
      return client;
    };
    const [old, adas] = [await server.issueToken("bob"), await server.issueToken("ada")];
    const [bob, ada] = [await open(old, "bob"), await open(adas, "ada")];
    await Promise.all([bob.find("welcome"), ada.find("welcome")]);
    await ada.accepted({
      ...{ type: "conversation.create", conversationId: "a", kind: "group" },
      participants: [{ userId: "bob" }],
    });
    await server.eraseUser("bob");
    expect(await bob.find("closing")).toMatchObject({ code: "auth/invalid" });
    expect((await bob.closed).code).toBe(4401);
    const again = await open(old, "bob");
    expect(await again.find("closing")).toMatchObject({ code: "auth/invalid" });
    const post = "POST /v1/conversations/a/messages";
    expect(await call(server, post, { token: old, body: { content: { text: "still here" } } })).toMatchObject(
      {
        status: 401,
      },
    );
    expect(await ada.say("a", "alone now")).toMatchObject({ changes: [{ kind: "message.send" }] });
    // Whoever signs up by that id later has a token of then, and nothing of what was.
    const later = await jwt({ userId: "bob", iat: Math.ceil(Date.now() / 1_000) + 1 });
    const anew = await open(later, "bob");
    expect((await anew.find("welcome")).welcome.heads).toEqual([]);
    await server.eraseUser("nobody");
    expect(await ada.say("a", "still here")).toMatchObject({ changes: [{ kind: "message.send" }] });
  });

  it("asks for tokens that say when they were issued, once somebody was erased, and for no others", async () => {
    const asked: string[] = [];
    const holder = { userId: "ada", scopes: new Set<never>() };
    const judge = (issuedAt: number | undefined, of: () => Promise<number | undefined>) =>
      notErased(
        async () => ({ ...holder, ...(issuedAt !== undefined && { issuedAt }) }),
        { remember: async () => {}, forget: async () => 0, of },
        (what, error) => asked.push(`${what}: ${String(error)}`),
      )("token");
    const codeOf = async (...given: Parameters<typeof judge>): Promise<string> => {
      const answer = await judge(...given);
      return "ok" in answer ? answer.code : answer.userId;
    };
    expect(await codeOf(undefined, async () => undefined)).toBe("ada");
    expect(await codeOf(undefined, async () => 5)).toBe("auth/invalid");
    expect(await codeOf(5, async () => 5)).toBe("auth/invalid");
    expect(await codeOf(6, async () => 5)).toBe("ada");
    const away = Promise.reject(new Error("away"));
    expect(await codeOf(6, () => away)).toBe("auth/unavailable");
    expect(asked).toEqual(["auth: Error: away"]);
  });
});
