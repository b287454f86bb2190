import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";
import { memoryStorage } from "../memory/storage.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { Client } from "./types.ts";

describe("a client", () => {
  it("shows a message in the same tick, and the other side shows it once", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    const sending = room.send("hello");
    expect(texts(room)).toEqual(["hello"]);
    const message = await sending;
    await message.settled();
    await here.clock.settle();
    expect(message.status).toBe("sent");
    expect(texts(other)).toEqual(["hello"]);
    expect(other.timeline.get().complete).toBe(true);
    expect(ada.outbox.get().entries).toEqual([]);
  });

  it("[D1] takes messages before it was ever connected, and delivers them in order", async () => {
    const here = world();
    const [, other] = await member(here, "ben");
    const ada = here.client("ada");
    const room = ada.conversation("general");
    for (const text of ["one", "two", "three"]) await room.send(text);
    expect(ada.outbox.get().waiting).toBe(3);
    await ada.connect();
    await here.clock.settle();
    expect(texts(other)).toEqual(["one", "two", "three"]);
    expect(texts(room)).toEqual(["one", "two", "three"]);
  });

  it("[D2] sends once though every ack is lost once", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    for (let index = 0; index < 20; index += 1) {
      here.backend.faults.dropAcks(1);
      await room.send(`m${index}`);
      await here.clock.settle();
      here.backend.faults.cut({ userId: "ada" });
      await here.clock.advance(2_000);
    }
    await here.clock.advance(60_000);
    const expected = Array.from({ length: 20 }, (_, index) => `m${index}`);
    expect(texts(room)).toEqual(expected);
    expect(texts(other)).toEqual(expected);
    expect(ada.outbox.get().entries).toEqual([]);
  });

  it("[D2] shows everything once though every push comes twice", async () => {
    const here = world();
    here.backend.faults.duplicatePushes(true);
    const [, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    for (const text of ["one", "two"]) await room.send(text);
    await here.clock.settle();
    expect(texts(room)).toEqual(["one", "two"]);
    expect(texts(other)).toEqual(["one", "two"]);
  });

  it("[D3] shows all members one order though pushes swap places", async () => {
    const here = world();
    here.backend.faults.reorderPushes(true);
    const [, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    const [, third] = await member(here, "cleo");
    for (let index = 0; index < 30; index += 1) {
      void room.send(`a${index}`);
      void other.send(`b${index}`);
    }
    await here.clock.advance(60_000);
    const order = here.backend
      .messages("general")
      .map(({ content }) => ("text" in content ? content.text : ""));
    expect(order).toHaveLength(60);
    for (const each of [room, other, third]) expect(texts(each)).toEqual(order);
  });

  it("[D4] notices lost pushes by the heartbeat, shows the hole until then, and repairs it", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const [ben, other] = await member(here, "ben");
    here.backend.faults.dropPushes((event, userId) => userId === "ben" && event.type === "change");
    await room.send("lost");
    await room.send("also lost");
    await here.clock.settle();
    here.backend.faults.dropPushes(0);
    expect(texts(other)).toEqual([]);
    await here.clock.advance(defaultPolicy.heartbeatMs + 1_000);
    expect(texts(other)).toEqual(["lost", "also lost"]);
    expect(ben.connection.get().attempt).toBeLessThanOrEqual(1);
    here.backend.faults.dropPushes((event, userId) => userId === "ben" && event.type === "change");
    await room.send("third");
    await here.clock.settle();
    here.backend.faults.dropPushes(0);
    here.backend.faults.hold();
    await room.send("fourth");
    await here.clock.settle();
    expect(texts(other)).toEqual(["lost", "also lost", "hole 3–3", "fourth"]);
    expect(other.timeline.get().complete).toBe(false);
    here.backend.faults.release();
    await here.clock.settle();
    expect(texts(other)).toEqual(["lost", "also lost", "third", "fourth"]);
  });

  it("sends a picture without a caption, and takes the caption of one away", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const picture = await room.send({ text: "", kind: "image", custom: { url: "cat.png" } });
    await picture.settled();
    await (await room.edit(picture.id, "a cat")).settled();
    await (await room.edit(picture.id, "")).settled();
    expect(room.timeline.get().items.at(0)).toMatchObject({
      message: { kind: "image", content: { text: "" }, custom: { url: "cat.png" }, version: 2 },
    });
  });

  it("[D6] undoes a refused edit and reaction, and keeps a refused message with its text and code (rows C5, F2)", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const message = await room.send("first");
    await message.settled();
    here.backend.faults.refuseNext("permission/denied", { times: 2 });
    const given = [room.edit(message.id, "changed"), room.react(message.id, "👍")];
    expect(texts(room)).toEqual(["changed"]);
    for (const command of await Promise.all(given)) {
      await expect(command.settled()).rejects.toMatchObject({ code: "permission/denied" });
    }
    expect(room.timeline.get().items.at(0)).toMatchObject({
      message: { content: { text: "first" }, reactions: [] },
    });
    here.backend.faults.refuseNext("draft/refused");
    const refused = await room.send("keep me");
    await expect(refused.settled()).rejects.toMatchObject({ code: "draft/refused" });
    expect(room.timeline.get().items.at(-1)).toMatchObject({
      status: "failed",
      error: { code: "draft/refused" },
      message: { content: { text: "keep me" } },
    });
    const again = ada.outbox.retry(refused.id);
    await again.settled();
    await here.clock.settle();
    expect(texts(room)).toEqual(["first", "keep me"]);
  });

  it("[D6] refuses what may not be sent before it is queued, with code, issue and suggestion", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    await expect(room.send("   ")).rejects.toMatchObject({ code: "draft/empty" });
    const tooLong = room.send("x".repeat(10_001));
    await expect(tooLong).rejects.toMatchObject({
      code: "draft/too-long",
      issues: [{ limit: 10_000, actual: 10_001, suggestion: expect.any(String) }],
    });
    expect(ada.outbox.get().entries).toEqual([]);
    expect(texts(room)).toEqual([]);
  });

  it("[D5] tells delivered and read by the watermarks of others, and counts unread by one's own (rows F9, F11)", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    await room.send("one");
    await room.send("two");
    await here.clock.advance(1_000);
    const statuses = (): unknown[] => [...room.timeline.get().items].map((item) => Object(item).status);
    expect(statuses()).toEqual(["delivered", "delivered"]);
    expect(other.unread.get()).toBe(2);
    expect(room.unread.get()).toBe(0);
    other.markRead(1);
    expect(other.unread.get()).toBe(1);
    await here.clock.advance(1_000);
    expect(statuses()).toEqual(["read", "delivered"]);
    other.markRead();
    expect(other.unread.get()).toBe(0);
  });

  it("loads history page by page, and around a place", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    for (let index = 1; index <= 250; index += 1) await room.send(`m${index}`);
    await here.clock.advance(1_000);
    const [, late] = await member(here, "ben");
    expect(late.timeline.get().items.length).toBe(100);
    expect(late.timeline.get().hasOlder).toBe(true);
    await late.timeline.loadAround(20);
    expect(texts(late)).toContain("m20");
    expect([...late.timeline.get().items].filter((item) => item.type === "hole")).toHaveLength(1);
    await late.timeline.loadNewer();
    await late.timeline.loadOlder();
    await here.clock.settle();
    expect(texts(late)).toEqual(Array.from({ length: 250 }, (_, index) => `m${index + 1}`));
    expect(late.timeline.get()).toMatchObject({ hasOlder: false, complete: true });
  });

  it("catches up after a break, and begins anew after another epoch", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const [ben, other] = await member(here, "ben");
    await room.send("before");
    await here.clock.settle();
    ben.disconnect();
    await room.send("meanwhile");
    await here.clock.settle();
    await ben.connect();
    await here.clock.settle();
    expect(texts(other)).toEqual(["before", "meanwhile"]);
    here.backend.faults.backup();
    await room.send("never was");
    await here.clock.settle();
    here.backend.faults.restore();
    await here.clock.advance(60_000);
    expect(texts(other)).toEqual(["before", "meanwhile"]);
    expect(texts(room)).toEqual(["before", "meanwhile"]);
  });

  it("[D5] knows after a restart how far the others have read", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    await room.send("one");
    await here.clock.settle();
    other.markRead();
    await here.clock.advance(1_000);
    await ada.close();
    const [, again] = await member(here, "ada");
    expect(again.timeline.get().items.at(0)).toMatchObject({ own: true, status: "read" });
    expect(again.readersOf(1)).toEqual(["ben"]);
  });

  it("begins conversations, adds and removes people, and lists what one is in (row E5)", async () => {
    const here = world();
    const [ada] = await member(here, "ada");
    const [ben] = await member(here, "ben");
    const room = await ada.createConversation({
      kind: "group",
      name: "Plans",
      participants: [{ userId: "ben" }],
    });
    await here.clock.advance(10);
    await room.send("hi ben");
    await here.clock.settle();
    const listed = (client: Client): unknown[] =>
      client.conversations.get().map(({ record }) => record?.name);
    expect(listed(ben)).toEqual(["Plans", "General"]);
    expect(room.members.get().map(({ userId, role }) => [userId, role])).toEqual([
      ["ada", "owner"],
      ["ben", "member"],
    ]);
    await (await room.members.remove("ben")).settled();
    await here.clock.settle();
    expect(listed(ben)).toEqual(["General"]);
    const late = await ben.conversation(room.id).send("still here?");
    await expect(late.settled()).rejects.toMatchObject({ category: "permission" });
  });

  it("tells who types, and ends it when they speak", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    const unsubscribe = other.typing.subscribe(() => {});
    await here.clock.advance(10);
    room.typing.notify();
    await here.clock.settle();
    expect(other.typing.get()).toEqual(["ada"]);
    await room.send("done");
    await here.clock.settle();
    expect(other.typing.get()).toEqual([]);
    unsubscribe();
  });

  it("tells the app what happened, by name (row I3)", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const [ben] = await member(here, "ben");
    const news: string[] = [];
    ben.on("message", ({ authorId }) => news.push(`message ${authorId}`));
    ben.on("reaction.added", ({ userId, emoji }) => news.push(`added ${userId} ${emoji}`));
    ben.on("reaction.removed", ({ userId, emoji }) => news.push(`removed ${userId} ${emoji}`));
    const message = await room.send("hello");
    await message.settled();
    await room.react(message.id, "👍");
    await room.unreact(message.id, "👍");
    await here.clock.settle();
    expect(news).toEqual(["message ada", "added ada 👍", "removed ada 👍"]);
  });

  it("[D10] keeps going when a listener throws, and says so", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const errors: string[] = [];
    ada.on("error", ({ code }) => void errors.push(code));
    ada.on("error", () => {
      throw new Error("a bad error listener");
    });
    room.timeline.subscribe(() => {
      throw new Error("a bad view");
    });
    const message = await room.send("hello");
    await message.settled();
    expect(errors).toContain("client/listener");
    expect(texts(room)).toEqual(["hello"]);
  });

  it("[D10] keeps going when the app's logger throws, whatever there is to log", async () => {
    const here = world();
    const logger = (): never => {
      throw new Error("the logger is broken");
    };
    const client = here.client("ada", { logger });
    await client.connect();
    here.backend.faults.cut();
    await here.clock.advance(60_000);
    const sent = await client.conversation("general").send("hello");
    await sent.settled();
    expect(sent.status).toBe("sent");
    await client.close();
  });

  it("[D10] closes once, leaves no timer, stays readable and refuses politely", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const sent = await room.send("before");
    await sent.settled();
    room.typing.notify();
    here.backend.faults.hold();
    const unsent = (await room.send("unanswered")).settled();
    const closed = Promise.all([ada.close(), ada.close()]);
    await expect(unsent).rejects.toMatchObject({ code: "client/closed" });
    await closed;
    expect(here.clock.timers).toBe(0);
    expect(texts(room)).toContain("before");
    expect(ada.connection.get().name).toBe("closed");
    expect(ada.conversations.get()).toHaveLength(1);
    await expect(room.send("after")).rejects.toMatchObject({ code: "client/closed" });
    await expect(room.timeline.loadOlder()).resolves.toBeUndefined();
    expect(() => room.markRead()).not.toThrow();
  });

  it("[D9] refuses more than the outbox holds, keeping what it has", async () => {
    const here = world();
    const ada = here.client("ada", { maxOutboxEntries: 3 });
    const room = ada.conversation("general");
    for (const text of ["one", "two", "three"]) await room.send(text);
    await expect(room.send("four")).rejects.toMatchObject({ code: "outbox/full" });
    expect(texts(room)).toEqual(["one", "two", "three"]);
  });

  it("does not connect when it was disconnected while storage was still being read", async () => {
    const here = world();
    const ada = here.client("ada");
    const connected = ada.connect();
    ada.disconnect();
    await expect(connected).rejects.toMatchObject({ code: "client/closed" });
    await here.clock.advance(5_000);
    expect(ada.connection.get().name).toBe("idle");
    await ada.connect();
    expect(ada.connection.get().name).toBe("online");
  });

  it("[D7] parks what it cannot read on storage, and the link and the lane go on", async () => {
    const here = world();
    const storage = memoryStorage();
    const damaged = { type: "message.send", commandId: "0", conversationId: "general", at: 0 };
    await storage.write([{ type: "put", key: ["outbox", "ada", "0"], value: { command: damaged } }]);
    const ada = here.client("ada", { storage, userId: "ada" });
    await ada.connect();
    const message = await ada.conversation("general").send("hello");
    await message.settled();
    expect(message.status).toBe("sent");
    expect(ada.outbox.get().entries).toMatchObject([{ command: damaged, status: "failed" }]);
  });

  it("[D10] an async listener that rejects becomes an error event, and never ends in a circle", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const codes: string[] = [];
    const rejects = (): unknown => Promise.reject(new Error("later"));
    ada.on("error", ({ code }) => {
      codes.push(code);
      return rejects();
    });
    ada.on("change", rejects);
    room.record.subscribe(rejects);
    await room.send("hello");
    await here.clock.advance(1_000);
    expect(codes).toEqual(["client/listener"]);
  });

  it("[D5] marking beyond the newest message marks that one, and what comes later counts", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    const [, other] = await member(here, "ben");
    await other.send("one");
    await here.clock.advance(1_000);
    for (const seq of [Number.NaN, Number.MAX_SAFE_INTEGER]) room.markRead(seq);
    await here.clock.advance(1_000);
    expect(room.unread.get()).toBe(0);
    await other.send("two");
    await here.clock.advance(1_000);
    expect(room.unread.get()).toBe(1);
  });
});
