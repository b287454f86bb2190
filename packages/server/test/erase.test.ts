import { describe, expect, it } from "vitest";
import { message, RawClient } from "./support/raw-client.ts";
import { start, unhurried } from "./support/start.ts";

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
    await bob.accepted({ type: "message.react", conversationId: "a", messageId, emoji: "👍" });
    await ada.accepted({ type: "conversation.status", conversationId: "closed", status: "archived" });
    ada.frames.length = 0;

    await server.eraseUser("bob");
    await server.eraseUser("nobody");
    const records = ada.all("change").map(({ change }) => change.record);
    expect(
      records.filter((record) => record.type === "message" && record.deletedAt !== undefined),
    ).toHaveLength(3);
    expect(records.find((record) => record.type === "participant")).toMatchObject({
      userId: "bob",
      status: "left",
    });
    expect(records).toContainEqual(expect.objectContaining({ id: messageId, reactions: [] }));
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
});
