import { type Client, createClient, memoryStorage } from "@tidings/core";
import { createServer, createServiceKey } from "@tidings/server";
import { describe, expect, it } from "vitest";
import { directTransport, SECRET, token } from "../src/backend.ts";
import { textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";

describe("a conversation that is erased", () => {
  it("goes from the devices that are there at once, and from those that are not when they come back (row D25)", async () => {
    const key = createServiceKey();
    const serviceKeys = [{ name: "backend", hash: key.hash, scopes: ["erase" as const] }];
    const server = await createServer({ port: 0, secret: SECRET, lobbies: [], serviceKeys });
    const storage = memoryStorage();
    const enter = async (userId: string, kept = memoryStorage()): Promise<Client> => {
      const client = createClient({
        ...{ auth: await token(userId), userId, logger: () => {} },
        ...{ transport: directTransport(server), storage: kept },
      });
      await client.connect();
      return client;
    };
    const [ada, ben] = [await enter("ada"), await enter("ben", storage)];
    await ada.createConversation({ conversationId: "a", kind: "group", participants: [{ userId: "ben" }] });
    const room = ada.conversation("a");
    await (await room.send("something secret")).settled();
    const his = ben.conversation("a");
    await until("ben has it", () => textsOf(his).includes("something secret"));
    const holds = async (): Promise<boolean> =>
      JSON.stringify(await storage.scan({ prefix: [] })).includes("secret");
    await until("ben keeps it", holds);
    await ben.close();

    const erase = async (conversationId: string): Promise<number> => {
      const address = `${server.httpUrl}/v1/conversations/${conversationId}`;
      const headers = { authorization: `Bearer ${key.key}` };
      return (await fetch(address, { method: "DELETE", headers })).status;
    };
    expect([await erase("a"), await erase("none")]).toEqual([204, 404]);
    await until("ada has lost it", () => textsOf(room).length === 0);
    await expect(room.send("and on").then((sent) => sent.settled())).rejects.toMatchObject({
      code: expect.stringMatching(/^conversation\//u),
    });
    const { items } = await server.auditLog({ by: "conversationId", id: "a", limit: 10 });
    expect(items[0]).toMatchObject({ action: "conversation.erase", actorId: "backend" });

    const again = await enter("ben", storage);
    await until("ben has lost it", async () => again.conversations.get().length === 0 && !(await holds()));
    await Promise.all([ada.close(), again.close()]);
    const third = await enter("ben", storage);
    expect(textsOf(third.conversation("a"))).toEqual([]);
    await third.close();
    await server.close();
  }, 60_000);
});
