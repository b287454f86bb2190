import { isMessagingError, type MessagingError } from "@tidings/core";
import type { Command, Query } from "@tidings/core/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { directTransport } from "../src/backend.ts";
import { withLink } from "../src/history.ts";
import { createMember, type Member } from "../src/member.ts";
import { textsOf } from "../src/texts.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
const others: Member[] = [];
afterEach(async () => {
  await Promise.all(others.splice(0).map((each) => each.close()));
  await world?.close();
});

/** Nothing but this appears in what Eve must not see. */
const secret = "the-crown-jewels";

/** An id like those clients make. */
const uuid = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, "0")}`;

async function outsider(of: World, userId: string, conversationId: string): Promise<Member> {
  const member = await createMember({ backend: of.backend, userId, conversationId });
  others.push(member);
  await member.client.connect();
  return member;
}

/** Everything that happens in a conversation, by Ada and Bob. */
async function live(of: World): Promise<string> {
  const [ada, bob] = [of.member(0), of.member(1)];
  bob.room.typing.subscribe(() => {});
  ada.room.typing.subscribe(() => {});
  ada.room.typing.notify();
  const message = await ada.room.send(secret);
  await message.settled();
  await until("bob has it", () => textsOf(bob.room).includes(secret));
  await (await ada.room.edit(message.id, `${secret} edited`)).settled();
  await (await bob.room.react(message.id, "💎")).settled();
  await (await ada.room.pin(message.id)).settled();
  bob.room.markRead();
  await (await ada.room.update({ name: `${secret} name` })).settled();
  await until("bob has read", () => ada.room.readersOf(1).includes("bob"));
  expect(await of.verify()).toEqual([]);
  return message.id;
}

const queriesAbout = (conversationId: string, messageId: string): readonly Query[] => [
  { type: "changes", conversationId, afterRev: 0, limit: 10 },
  { type: "history", conversationId, limit: 10 },
  { type: "history", conversationId, around: 1, limit: 10 },
  { type: "conversation", conversationId },
  { type: "participants", conversationId, limit: 10 },
  { type: "versions", conversationId, messageId },
  { type: "reactors", conversationId, messageId, emoji: "💎", limit: 10 },
  { type: "voters", conversationId, messageId, option: 0, limit: 10 },
  { type: "receipts", conversationId, limit: 10 },
];

/** All but `conversation.create`: whoever chooses an id that is taken has to be told. */
function commandsOn(conversationId: string, messageId: string, nextId: () => string): readonly Command[] {
  const on = (): { commandId: string; conversationId: string; at: number } => ({
    commandId: nextId(),
    conversationId,
    at: 1,
  });
  return [
    { type: "message.send", ...on(), kind: "text", content: { text: "hello?" } },
    { type: "message.edit", ...on(), messageId, content: { text: "hello?" } },
    { type: "message.delete", ...on(), messageId },
    { type: "message.pin", ...on(), messageId },
    { type: "message.unpin", ...on(), messageId },
    { type: "message.react", ...on(), messageId, emoji: "💎" },
    { type: "message.unreact", ...on(), messageId, emoji: "💎" },
    { type: "poll.vote", ...on(), messageId, choices: [0] },
    { type: "poll.close", ...on(), messageId },
    { type: "receipt.mark", ...on(), readSeq: 1 },
    { type: "conversation.update", ...on(), name: "mine" },
    { type: "conversation.status", ...on(), status: "deleted" },
    { type: "participant.join", ...on() },
    { type: "participant.leave", ...on() },
    { type: "participant.notify", ...on(), notify: "none" },
    { type: "participant.add", ...on(), userId: "eve" },
    { type: "participant.remove", ...on(), userId: "ada" },
    { type: "participant.ban", ...on(), userId: "bob" },
    { type: "participant.unban", ...on(), userId: "bob" },
    { type: "participant.mute", ...on(), userId: "bob" },
    { type: "participant.unmute", ...on(), userId: "bob" },
    { type: "participant.role", ...on(), userId: "eve", role: "owner" },
    { type: "participant.permissions", ...on(), userId: "bob", canSend: false },
  ];
}

const notFound: unknown = expect.objectContaining({ code: "conversation/not-found" });

/** As a stranger sees a refusal: what is said, but for the ids that were asked about. */
async function refusalOf(work: Promise<unknown>, ...ids: readonly string[]): Promise<unknown> {
  const error: MessagingError | undefined = await work.then(
    () => undefined,
    (cause: unknown) => (isMessagingError(cause) ? cause : undefined),
  );
  if (!error) return "accepted";
  const { code, retryable, retryAfterMs, message } = error;
  return {
    code,
    retryable,
    retryAfterMs,
    message: ids.reduce((text, id) => text.replaceAll(id, "ID"), message),
  };
}

describe("somebody who is not in a conversation", { timeout: 30_000 }, () => {
  it("[D8] is sent not one frame about it, whatever happens in it and whatever they watch", async () => {
    world = await createWorld({ userIds: ["ada", "bob"] });
    const eve = await outsider(world, "eve", world.conversationId);
    await eve.client.createConversation({ conversationId: "own", kind: "group" });
    eve.room.typing.subscribe(() => {}); // says that it looks at the conversation
    eve.client.conversation("own").typing.subscribe(() => {});
    await sleep(50);
    const from = eve.tap.received.length;
    const messageId = await live(world);
    eve.client.disconnect(); // what a resume brings is looked at too
    await eve.client.connect();
    await (await eve.client.conversation("own").send("mine")).settled();
    await sleep(1_200); // a heartbeat, and whatever is coalesced

    const wire = eve.tap.received.slice(from).join("\n");
    expect(wire).toContain("pong");
    expect(wire).toContain('"own"');
    for (const trace of [secret, messageId, '"room"', '"ada"', '"bob"', "💎"])
      expect(wire).not.toContain(trace);
    expect(eve.room.timeline.get()).toMatchObject({ head: { rev: 0, seq: 0 } });
    expect(eve.room.typing.get()).toEqual([]);
    expect(eve.client.presence.get().has("ada")).toBe(false);
    expect(eve.client.conversations.get().map(({ conversationId }) => conversationId)).toEqual(["own"]);
  });

  it("[D8] gets the very same refusal from every query and command as for an id that nobody has", async () => {
    world = await createWorld({ userIds: ["ada", "bob"] });
    const messageId = await live(world);
    const before = await world.history();
    const transport = directTransport(world.backend);
    let count = 0;
    const nextId = (): string => uuid(++count);
    await withLink(transport, await world.backend.token("eve"), async (link) => {
      const refusals = async (id: string): Promise<unknown[]> => {
        const asked = queriesAbout(id, messageId).map(async (query) => [
          query.type,
          await refusalOf(link.query(query), id),
        ]);
        const given = commandsOn(id, messageId, nextId).map(async (command) => [
          command.type,
          await refusalOf(link.submit(command), id, command.commandId),
        ]);
        return Promise.all([...asked, ...given]);
      };
      const [known, unknown] = [await refusals("room"), await refusals("moor")];
      expect(known).toEqual(known.map(() => [expect.any(String), notFound]));
      expect(known).toEqual(unknown);
      const list = await link.query({ type: "conversations", limit: 100 });
      expect(list.items).toEqual([]);
    });
    expect(await world.history()).toEqual(before);
  });

  it("[D8] cannot reach into it from a conversation of their own, nor by someone else's command id", async () => {
    world = await createWorld({ userIds: ["ada", "bob"] });
    const messageId = await live(world);
    const before = await world.history();
    const eve = await outsider(world, "eve", "own");
    await eve.client.createConversation({ conversationId: "own", kind: "group" });
    await (await eve.room.send("mine")).settled();
    const transport = directTransport(world.backend);
    let count = 0;
    const nextId = (): string => uuid(++count);
    await withLink(transport, await world.backend.token("eve"), async (link) => {
      const own = { conversationId: "own", at: 1, kind: "text", content: { text: "x" } } as const;
      const send = { type: "message.send", ...own } as const;
      for (const reach of [{ replyTo: messageId }, { threadId: messageId }]) {
        const refusal = await refusalOf(link.submit({ ...send, ...reach, commandId: nextId() }));
        const twin = Object.fromEntries(Object.keys(reach).map((key) => [key, uuid(999)]));
        expect(refusal).toMatchObject({ code: "message/not-found" });
        expect(refusal).toEqual(await refusalOf(link.submit({ ...send, ...twin, commandId: nextId() })));
      }
      const inside = commandsOn("own", messageId, nextId).filter((each) => "messageId" in each);
      expect(await Promise.all(inside.map((command) => refusalOf(link.submit(command))))).toEqual(
        inside.map(() => expect.objectContaining({ code: "message/not-found" })),
      );
      const asked = queriesAbout("own", messageId).filter((each) => "messageId" in each);
      expect(await Promise.all(asked.map((query) => refusalOf(link.query(query))))).toEqual(
        asked.map(() => expect.objectContaining({ code: "message/not-found" })),
      );
      expect(await refusalOf(link.submit({ ...send, commandId: messageId }))).toMatchObject({
        code: "command/id-taken",
      });
    });
    expect(eve.tap.received.join("\n")).not.toContain(secret);
    expect(await world.history()).toEqual(before);
  });

  it("[D8] hears and finds nothing any more once they were removed, and what they missed never comes", async () => {
    world = await createWorld({ userIds: ["ada", "bob", "eve"] });
    const [ada, eve] = [world.member(0), world.member(2)];
    await (await ada.room.send("all of us")).settled();
    await until("eve has it", () => textsOf(eve.room).includes("all of us"));
    eve.room.typing.subscribe(() => {});
    await (await ada.room.members.remove("eve")).settled();
    await until("eve knows", () => eve.client.conversations.get().length === 0);
    const from = eve.tap.received.length;
    const { room } = ada;
    room.typing.notify();
    const message = await room.send(secret);
    await message.settled();
    await (await room.react(message.id, "💎")).settled();
    eve.client.disconnect();
    await eve.client.connect();
    await sleep(1_200);

    const wire = eve.tap.received.slice(from).join("\n");
    expect(wire).toContain("pong");
    for (const trace of [secret, message.id, "💎"]) expect(wire).not.toContain(trace);
    expect(textsOf(eve.room)).toEqual(["all of us"]);
    const transport = directTransport(world.backend);
    await withLink(transport, await world.backend.token("eve"), async (link) => {
      const asked = queriesAbout("room", message.id);
      expect(await Promise.all(asked.map((query) => refusalOf(link.query(query))))).toEqual(
        asked.map(() => notFound),
      );
    });
    const late = await eve.room.send("still here?").catch((error: unknown) => error);
    if (isMessagingError(late)) expect(late.code).toMatch(/^(permission|conversation|participant)\//);
    expect((await world.history()).messages.map(({ authorId }) => authorId)).toEqual(["ada", "ada"]);
  });
});
