import type { Change } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { join, message, newId, RawClient } from "./support/raw-client.ts";
import { roomy, start, unhurried } from "./support/start.ts";

/** What a client knows of a conversation's changes, from pushes and acks, in the order it learned of them. */
function learned(client: RawClient, conversationId: string): Change[] {
  const changes = client.frames.flatMap((frame) => {
    if (frame.type === "change") return [frame.change];
    return frame.type === "ack" ? frame.ack.changes : [];
  });
  return changes.filter((change) => change.conversationId === conversationId);
}

describe("the laws, through real sockets", () => {
  it("[D2] hold when every frame comes twice, the hello included", async () => {
    const server = await start(roomy);
    const bob = await join(server, "bob");
    const ada = await new RawClient(server.url).opened();
    const once = ada.raw.bind(ada);
    ada.raw = (data) => {
      once(data);
      once(data);
    };
    ada.hello(await server.issueToken("ada"));
    await ada.find("welcome");
    for (let index = 0; index < 20; index += 1) ada.send(ada.frame(message("general", `number ${index}`)));
    const { changes } = await ada.say("general", "thumbs?");
    const messageId = changes[0]?.commandId ?? "";
    await ada.accepted({ type: "message.react", conversationId: "general", messageId, emoji: "👍" });
    await ada.accepted({
      type: "message.edit",
      conversationId: "general",
      messageId,
      content: { text: "thumbs!" },
    });
    await ada.settled();

    const { messages } = await bob.query({ type: "history", conversationId: "general", limit: 100 });
    expect(messages.map(({ content }) => ("text" in content ? content.text : ""))).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `number ${index}`),
      "thumbs!",
    ]);
    expect(messages.at(-1)).toMatchObject({ version: 1, reactions: [{ emoji: "👍", count: 1 }] });
    expect(ada.all("reject")).toEqual([]);
    expect(bob.all("change").map(({ change }) => change.rev)).toEqual(
      [...bob.all("change").keys()].map((index) => index + 3),
    );
  });

  it("[D3] give every member the same order, without a gap, whoever speaks at once", async () => {
    const server = await start(roomy);
    const people = await Promise.all(
      ["ada", "bob", "cy", "dee", "eve"].map((userId) => join(server, userId)),
    );
    const rounds = 40;
    await Promise.all(
      people.map(async (client, who) => {
        for (let index = 0; index < rounds; index += 1) await client.say("general", `${who}/${index}`);
      }),
    );
    const [witness] = people;
    if (!witness) throw new Error();
    const { head } = await witness.query({ type: "conversation", conversationId: "general" });
    expect(head.seq).toBe(people.length * rounds);
    for (const [who, client] of people.entries()) {
      await client.settled();
      const changes = learned(client, "general").filter(({ kind }) => kind === "message.send");
      const revs = changes.map(({ rev }) => rev);
      expect([...revs].sort((one, other) => one - other)).toEqual(
        Array.from({ length: head.seq }, (_, index) => head.rev - head.seq + 1 + index),
      );
      const seqs = changes.map(({ record }) => (record.type === "message" ? record.seq - record.rev : 0));
      expect(new Set(seqs)).toEqual(new Set([head.seq - head.rev]));
      const own = changes.filter(({ actorId }) => actorId === ["ada", "bob", "cy", "dee", "eve"][who]);
      expect(
        own.map(({ record }) => record.type === "message" && "text" in record.content && record.content.text),
      ).toEqual(Array.from({ length: rounds }, (_, index) => `${who}/${index}`));
      const pushed = client.all("change").map(({ change }) => change.rev);
      expect(pushed).toEqual([...pushed].sort((one, other) => one - other));
    }
  }, 60_000);

  it("[D7] take a pipelined burst in order across several commits", async () => {
    const server = await start(roomy);
    const ada = await join(server, "ada");
    const frames = Array.from({ length: 2_000 }, (_, index) => ada.frame(message("general", String(index))));
    for (let from = 0; from < frames.length; from += 100) ada.send(...frames.slice(from, from + 100));
    await ada.answer(frames.at(-1)?.id ?? 0);
    const seqs = ada
      .all("ack")
      .map(({ ack: { changes } }) => changes[0]?.record.type === "message" && changes[0].record.seq);
    expect(seqs).toEqual(frames.map((_, index) => index + 1));
  }, 60_000);

  it("[D8] keep two tenants apart: nothing of one is found, heard, changed or inferred by the other", async () => {
    const server = await start({ lobbies: [], policy: unhurried });
    const ada = await join(server, "ada");
    const eve = await join(server, "eve");
    await ada.accepted({ type: "conversation.create", conversationId: "acme", kind: "group", name: "Acme" });
    await eve.accepted({ type: "conversation.create", conversationId: "evil", kind: "group" });
    const { commandId: messageId } = await ada.say("acme", "the secret");
    eve.send({ type: "signal", signal: { type: "watch", conversationIds: ["acme"] } });
    await ada.say("acme", "another");
    ada.send({ type: "signal", signal: { type: "typing", conversationId: "acme", active: true } });
    await ada.settled();

    const intrusions = [
      message("X", "hi"),
      { type: "message.edit", conversationId: "X", messageId, content: { text: "!" } },
      { type: "message.delete", conversationId: "X", messageId },
      { type: "message.react", conversationId: "X", messageId, emoji: "👍" },
      { type: "message.pin", conversationId: "X", messageId },
      { type: "receipt.mark", conversationId: "X", readSeq: 1 },
      { type: "conversation.update", conversationId: "X", name: "Evil" },
      { type: "conversation.status", conversationId: "X", status: "deleted" },
      { type: "participant.add", conversationId: "X", userId: "eve" },
      { type: "participant.join", conversationId: "X" },
      { type: "participant.leave", conversationId: "X" },
      { type: "participant.role", conversationId: "X", userId: "eve", role: "owner" },
      { type: "participant.notify", conversationId: "X", notify: "all" },
    ] as const;
    for (const draft of intrusions) {
      const [theirs, nowhere] = [
        await eve.submit({ ...draft, conversationId: "acme" }),
        await eve.submit({ ...draft, conversationId: "nowhere" }),
      ];
      expect(theirs).toMatchObject({ type: "reject", code: "conversation/not-found" });
      expect({ ...theirs, id: 0 }).toEqual({ ...nowhere, id: 0 });
    }
    await eve.settled();
    expect(JSON.stringify(eve.frames)).not.toMatch(/acme|secret|another|"ada"/iu);
    const { messages } = await ada.query({ type: "history", conversationId: "acme", limit: 10 });
    expect(messages).toMatchObject([{ rev: 3 }, { rev: 4 }]);
  });

  it("[D9] end a link that takes in nothing, and cost the others nothing", async () => {
    const server = await start({ ...roomy, bounds: { ...roomy.bounds, backlogBytes: 1_000_000 } });
    const ada = await join(server, "ada");
    const slow = await join(server, "slow");
    const bob = await join(server, "bob");
    slow.socket.pause();
    const text = "x".repeat(9_000);
    for (let sent = 0; sent < 4_000 && server.connections === 3; sent += 5) {
      const frames = Array.from({ length: 5 }, () => ada.frame(message("general", text)));
      ada.send(...frames);
      const last = frames.at(-1)?.command.commandId;
      await bob.find("change", ({ change }) => change.commandId === last); // Bob keeps up.
    }
    slow.socket.resume();
    const { code } = await slow.closed;
    expect([4508, 1006]).toContain(code); // 1006 where it was cut off before it had read the reason.
    await bob.settled();
  }, 60_000);

  it("[D9] count the links of a user", async () => {
    const server = await start({ bounds: { linksPerUser: 2 } });
    await join(server, "ada", "1");
    await join(server, "ada", "2");
    const third = await new RawClient(server.url).opened();
    third.hello(await server.issueToken("ada"), "3");
    expect(await third.closed).toEqual({ code: 4509, reason: "server/full" });
    expect(third.all("closing")).toMatchObject([{ code: "server/full", retryAfterMs: 60_000 }]);
  });

  it("[D2] answer another command of the same id with the first answer, and do nothing", async () => {
    const server = await start();
    const ada = await join(server, "ada");
    const commandId = newId();
    await ada.accepted({ ...message("general", "first"), commandId });
    const { changes } = await ada.accepted({ ...message("general", "second"), commandId });
    expect(changes).toMatchObject([{ record: { content: { text: "first" } } }]);
  });
});

it("says why it cannot start when its port is taken", async () => {
  const server = await start();
  await expect(start({ port: server.port })).rejects.toMatchObject({ code: "server/unavailable" });
});
