import { describe, expect, it } from "vitest";
import { join, message, newId, RawClient } from "./support/raw-client.ts";
import { start, unhurried } from "./support/start.ts";
import { temporaryFile } from "./support/temporary-file.ts";

describe("a first message", () => {
  it("needs no set-up: everyone who connects is in the lobby", async () => {
    const server = await start();
    const ada = await join(server, "ada");
    const bob = await join(server, "bob");

    const { changes } = await ada.say("general", "hello **world**");

    const pushed = await bob.find("change", ({ change }) => change.kind === "message.send");
    expect(pushed.change).toEqual(changes[0]);
    expect(pushed.change.record).toMatchObject({
      seq: 1,
      authorId: "ada",
      content: { text: "hello **world**" },
    });
  });

  it("reaches the sender in the ack and not again as a push; the sender's other clients get the push", async () => {
    const server = await start();
    const phone = await join(server, "ada", "phone");
    const laptop = await join(server, "ada", "laptop");

    const { changes } = await phone.say("general", "from my phone");
    await laptop.find("change", ({ change }) => change.commandId === changes[0]?.commandId);
    await phone.settled();

    expect(phone.all("change").filter(({ change }) => change.kind === "message.send")).toEqual([]);
  });

  it("is in the history and in the list of conversations, unread for the others (rows E3, F11)", async () => {
    const server = await start();
    const ada = await join(server, "ada");
    const bob = await join(server, "bob");
    await ada.say("general", "one");
    await bob.say("general", "two");
    await ada.say("general", "three");

    const { messages, fromSeq, toSeq, head } = await bob.query({
      type: "history",
      conversationId: "general",
      limit: 2,
    });
    expect(messages.map(({ content }) => content)).toEqual([{ text: "two" }, { text: "three" }]);
    expect({ fromSeq, toSeq, seq: head.seq }).toEqual({ fromSeq: 2, toSeq: 3, seq: 3 });

    const { items } = await bob.query({ type: "conversations", limit: 10 });
    expect(items).toMatchObject([{ memberCount: 2, unread: 2, lastMessage: { seq: 3 } }]);
  });

  it("welcomes with where every conversation stands, and pushes what comes after", async () => {
    const server = await start();
    const ada = await join(server, "ada");
    await ada.say("general", "before");
    const bob = await join(server, "bob");

    const { welcome } = await bob.find("welcome");
    expect(welcome).toMatchObject({ userId: "bob", heads: [{ conversationId: "general", rev: 4, seq: 1 }] });
    expect(welcome.tokenExpiresInMs).toBeGreaterThan(6 * 86_400_000);

    await ada.say("general", "after");
    const { change } = await bob.find("change");
    expect(change.rev).toBe(5);
  });

  it("makes a conversation whose members hear of it at once", async () => {
    const server = await start();
    const ada = await join(server, "ada");
    const bob = await join(server, "bob");
    const eve = await join(server, "eve");

    const create = { type: "conversation.create", conversationId: "tea", kind: "group" } as const;
    await ada.accepted({ ...create, participants: [{ userId: "bob" }] });
    await ada.say("tea", "milk?");
    await bob.find("change", ({ change }) => change.kind === "message.send");
    await eve.settled();

    const revs = bob
      .all("change")
      .flatMap(({ change }) => (change.conversationId === "tea" ? [change.rev] : []));
    expect(revs).toEqual([1, 2, 3, 4]);
    expect(eve.all("change").filter(({ change }) => change.conversationId === "tea")).toEqual([]);
  });

  it("leaves lobbies out when told to", async () => {
    const server = await start({ lobbies: [] });
    const ada = await join(server, "ada");
    expect((await ada.find("welcome")).welcome.heads).toEqual([]);
    expect(await ada.refused(message("general", "anybody?"))).toBe("conversation/not-found");
  });

  it("does not bring back to a lobby whoever has left it", async () => {
    const server = await start({ policy: unhurried });
    const ada = await join(server, "ada");
    await ada.accepted({ type: "participant.leave", conversationId: "general" });
    await ada.close();
    const again = await join(server, "ada");
    expect((await again.find("welcome")).welcome.heads).toEqual([]);
  });

  it("takes several frames in one WebSocket message and answers them in one", async () => {
    const server = await start();
    const ada = await join(server, "ada");
    const messages: string[] = [];
    ada.socket.on("message", (data: Buffer) => messages.push(data.toString()));
    const frames = Array.from({ length: 5 }, (_, index) => ada.frame(message("general", `number ${index}`)));
    ada.send(...frames);
    await ada.answer(5);
    expect(messages).toHaveLength(1);
    expect(ada.all("ack").map(({ ack }) => ack.changes[0]?.rev)).toEqual([3, 4, 5, 6, 7]);
  });

  it("closes a client that speaks another version, or sends no token", async () => {
    const server = await start();
    const old = await new RawClient(server.url).opened();
    old.send({ type: "hello", version: 999, clientId: "old" });
    expect(await old.closed).toEqual({ code: 4406, reason: "protocol/version" });
    const bare = await new RawClient(server.url).opened();
    bare.hello(undefined);
    expect(await bare.closed).toEqual({ code: 4402, reason: "auth/required" });
    expect(bare.all("closing")).toMatchObject([{ code: "auth/required" }]);
  });

  it("keeps what it has when the database is a file", async () => {
    const dataFile = temporaryFile("data.db");
    const first = await start({ dataFile });
    const ada = await join(first, "ada");
    const commandId = newId();
    await ada.accepted({ ...message("general", "to be kept"), commandId });
    const { epoch } = (await ada.find("welcome")).welcome;
    await first.close();

    const second = await start({ dataFile });
    const again = await join(second, "ada");
    expect((await again.find("welcome")).welcome.epoch).toBe(epoch);
    const { messages } = await again.query({ type: "history", conversationId: "general", limit: 10 });
    expect(messages.map(({ id }) => id)).toEqual([commandId]);
  });
});
