import { type Client, createClient } from "@tidings/core";
import { openReports } from "@tidings/core/bindings";
import { createModerationQueue, httpModeration, type ModerationQueue } from "@tidings/core/moderation";
import { createServer, type TidingsServer } from "@tidings/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directTransport, SECRET, token } from "../src/backend.ts";
import { until } from "../src/until.ts";

describe("moderators at work", () => {
  let server: TidingsServer;
  const clients: Client[] = [];
  beforeAll(async () => {
    server = await createServer({ port: 0, secret: SECRET, lobbies: [] });
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.close();
  });
  const enter = async (userId: string): Promise<Client> => {
    const client = createClient({
      ...{ auth: await token(userId), userId, logger: () => {}, transport: directTransport(server) },
    });
    clients.push(client);
    await client.connect();
    return client;
  };
  const queueOf = async (userId: string): Promise<ModerationQueue> => {
    const auth = await token(userId);
    const backend = httpModeration({ url: server.httpUrl, auth: () => auth });
    return createModerationQueue({ backend, conversationId: "a", order: "urgent" });
  };

  it("see what was reported while its reporter was offline, remove it, and answer the appeal (rows D24, D19)", async () => {
    const [ada, bob, cy] = [await enter("ada"), await enter("bob"), await enter("cy")];
    const participants = [{ userId: "bob" }, { userId: "cy" }];
    await ada.createConversation({ conversationId: "a", kind: "group", participants });
    await until("everybody is in", () => clients.every((each) => each.conversations.get().length === 1));
    const said = await bob.conversation("a").send("spam, spam");
    await said.settled();
    const his = cy.conversation("a").timeline;
    await until("cy has it", () => his.get().items.at(-1)?.key === said.id);

    cy.disconnect();
    const report = await openReports(cy).reportMessage("a", said.id, "spam");
    expect(openReports(cy).reports.get()).toMatchObject([{ messageId: said.id, text: "spam" }]);
    const queue = await queueOf("ada");
    await queue.refresh();
    expect(queue.get().cases).toEqual([]);
    await cy.connect();
    await report.settled();
    await queue.refresh();
    const [found] = queue.get().cases;
    expect(found).toMatchObject({
      messageId: said.id,
      reports: 1,
      message: { content: { text: "spam, spam" } },
    });

    const removed = await queue.decide(found?.id ?? "", "remove", "advertising");
    expect(removed).toMatchObject({ status: "removed", said: { text: "spam, spam" } });
    const item = (): unknown => bob.conversation("a").timeline.get().items.at(-1);
    await until("bob is told why", () => JSON.stringify(item()).includes("advertising"));
    await (await openReports(bob).appeal("a", said.id, "it was a recipe")).settled();
    await queue.refresh();
    expect(queue.get().cases).toMatchObject([{ status: "appealed", appeal: "it was a recipe" }]);
    await queue.decide(found?.id ?? "", "approve");
    const answer = (): unknown => openReports(bob).appeals.get()[0]?.outcome;
    await until("bob hears the answer", () => answer() === "granted");
    expect(queue.get().cases).toEqual([]);
  });

  it("[D8] are refused where they moderate nothing, with the code of the server", async () => {
    const queue = await queueOf("bob");
    await queue.refresh();
    expect(queue.get().error).toMatchObject({ code: "permission/denied" });
    const stranger = await queueOf("eve");
    await stranger.refresh();
    expect(stranger.get().error).toMatchObject({ code: "conversation/not-found" });
    await expect(stranger.decide("0".repeat(32), "remove")).rejects.toMatchObject({
      code: "moderation/not-found",
    });
    const gone = httpModeration({ url: "http://127.0.0.1:1", auth: () => "x" });
    await expect(gone.read("x")).rejects.toMatchObject({ code: "connection/failed" });
  });
});
