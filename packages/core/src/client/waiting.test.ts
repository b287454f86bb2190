import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import { defaultPolicy } from "../protocol/policy.ts";

const MINUTE_MS = 60_000;
const textsOf = (messages: readonly { readonly content: object }[]): string[] =>
  messages.map(({ content }) => Object(content).text);

describe("a message that is worth sending only for a while", () => {
  it("[D5, O17] fails when its time is over, blocks nothing, and can be sent after all", async () => {
    const here = world();
    const ada = here.client("ada", { userId: "ada" });
    const room = ada.conversation("general");
    const soon = await room.send("lunch now?", { expiresInMs: MINUTE_MS });
    const later = await room.send("see you tomorrow");
    await here.clock.advance(MINUTE_MS);
    expect(soon.status).toBe("failed");
    expect(ada.outbox.get()).toMatchObject({ waiting: 1, failed: 1 });
    await expect(soon.settled()).rejects.toMatchObject({ code: "outbox/expired" });
    expect(texts(room)).toEqual(["lunch now?", "see you tomorrow"]);
    await ada.connect();
    await later.settled();
    expect(textsOf(here.backend.messages("general"))).toEqual(["see you tomorrow"]);
    const again = ada.outbox.retry(soon.id);
    await again.settled();
    expect(textsOf(here.backend.messages("general"))).toEqual(["see you tomorrow", "lunch now?"]);
  });

  it("[D1, O17] is not sent by the next life of the client either, unless it was asked for again", async () => {
    const here = world();
    const storage = memoryStorage();
    const ada = here.client("ada", { userId: "ada", storage });
    const room = ada.conversation("general");
    const one = await room.send("one", { expiresInMs: MINUTE_MS });
    await room.send("two", { expiresInMs: MINUTE_MS });
    await here.clock.advance(2 * MINUTE_MS);
    ada.outbox.retry(one.id);
    await here.clock.settle();
    await ada.close();
    const again = here.client("ada", { userId: "ada", storage });
    await again.connect();
    await here.clock.advance(1_000);
    expect(textsOf(here.backend.messages("general"))).toEqual(["one"]);
    expect(again.outbox.get().entries).toMatchObject([
      { status: "failed", error: { code: "outbox/expired" } },
    ]);
    expect(again.outbox.cancel(again.outbox.get().entries[0]?.command.commandId ?? "")).toBe(true);
    expect(again.outbox.get().entries).toEqual([]);
  });

  it("[D1, O17] is kept for ever, and can be read by a later life, where the time given is none", async () => {
    const here = world();
    const storage = memoryStorage();
    const ada = here.client("ada", { userId: "ada", storage });
    const room = ada.conversation("general");
    for (const expiresInMs of [Infinity, NaN, JSON.parse("null"), JSON.parse("{}")])
      await room.send("for ever", { expiresInMs });
    await ada.close();
    const again = here.client("ada", { userId: "ada", storage });
    await again.connect();
    await here.clock.settle();
    expect(textsOf(here.backend.messages("general"))).toEqual(Array<string>(4).fill("for ever"));
  });

  it("[D2, O17] is not failed while it is on its way: the answer says what became of it", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    here.backend.faults.hold();
    const message = await room.send("on its way", { expiresInMs: 5_000 });
    await here.clock.advance(10_000);
    expect(message.status).toBe("sending");
    here.backend.faults.release();
    await message.settled();
    expect(ada.outbox.get().entries).toEqual([]);
  });
});

describe("a thousand messages written offline, where sixty a minute may be sent", () => {
  it("[D7, D9, O20] go in order, meet no refusal, take no longer than they must, and tell how many are left", async () => {
    const rates = [
      { name: "minute", scope: "conversation", tokens: 60, perMs: MINUTE_MS, burst: 10 },
    ] as const;
    const here = world({ policy: { ...defaultPolicy, rates } });
    const ada = here.client("ada", { userId: "ada" });
    const room = ada.conversation("general");
    const refusals: unknown[] = [];
    ada.on("outbox", ({ error }) => error && refusals.push(error.code));
    const written = Array.from({ length: 1_000 }, (_, index) => `m${index}`);
    for (const text of written) await room.send(text);
    const left: number[] = [];
    ada.outbox.subscribe(({ waiting }) => void left.push(waiting));
    await ada.connect();
    const boundMs = (1_000 - 10) * (MINUTE_MS / 60);
    await here.clock.advance(boundMs / 2);
    expect(left.at(-1)).toBeGreaterThan(470);
    expect(left.at(-1)).toBeLessThan(530);
    await here.clock.advance(boundMs / 2 + 0.05 * boundMs);
    expect(textsOf(here.backend.messages("general"))).toEqual(written);
    expect(ada.outbox.get()).toMatchObject({ waiting: 0, failed: 0 });
    expect(refusals).toEqual([]);
    expect(left).toEqual(left.toSorted((one, other) => other - one));
  });
});

/** A storage for so many values. */
function disk(most: () => number): Storage {
  const storage = memoryStorage();
  return {
    ...storage,
    async write(operations) {
      const keys = new Set((await storage.scan({ prefix: [] })).map(([key]) => key.join("/")));
      for (const { type, key } of operations) keys[type === "put" ? "add" : "delete"](key.join("/"));
      const isGrowing = operations.some(({ type }) => type === "put");
      if (isGrowing && keys.size > most()) throw new MessagingError("storage/full");
      await storage.write(operations);
    },
  };
}

describe("a storage that is full", () => {
  it("[D1, O12, K7] refuses the newest message and keeps those before it, which are delivered", async () => {
    const here = world();
    const ada = here.client("ada", { userId: "ada", storage: disk(() => 2) });
    const room = ada.conversation("general");
    for (const text of ["one", "two"]) await room.send(text);
    await expect(room.send("three")).rejects.toMatchObject({ code: "storage/full" });
    expect(ada.outbox.get()).toMatchObject({ waiting: 2, failed: 1 });
    expect(texts(room)).toEqual(["one", "two", "three"]); // what was written stays in sight (D6)
    await ada.connect();
    await here.clock.advance(1_000);
    expect(textsOf(here.backend.messages("general"))).toEqual(["one", "two"]);
  });

  it("[D1, D9, K7] gives up what the backend can tell again, the timeline used longest ago first, for what it cannot", async () => {
    const conversations = ["old", "new", "here"].map((conversationId) => ({ conversationId }));
    const here = world({ conversations });
    let most = Infinity;
    const storage = disk(() => most);
    const ada = here.client("ada", { userId: "ada", storage });
    await ada.connect();
    for (const { conversationId } of conversations) {
      const room = ada.conversation(conversationId);
      for (let count = 0; count < 20; count += 1) await room.send(`${conversationId} ${count}`);
      await here.clock.advance(1_000);
    }
    await ada.close();
    const kept = async (id: string): Promise<number> =>
      (await storage.scan({ prefix: ["cache", "1", "ada", "messages", id] })).length;
    expect([await kept("old"), await kept("new"), await kept("here")]).toEqual([20, 20, 20]);

    most = (await storage.scan({ prefix: [] })).length;
    const again = here.client("ada", { userId: "ada", storage });
    const room = again.conversation("here");
    await here.clock.settle();
    for (let count = 0; count < 15; count += 1) await room.send(`offline ${count}`);
    expect([await kept("old"), await kept("new"), await kept("here")]).toEqual([0, 20, 20]);
    for (let count = 0; count < 15; count += 1) await room.send(`more ${count}`);
    expect([await kept("old"), await kept("new"), await kept("here")]).toEqual([0, 0, 20]);
    let refused: unknown;
    for (let count = 0; count < 100 && !refused; count += 1)
      await room.send("most").catch((error) => (refused = error));
    expect(refused).toMatchObject({ code: "storage/full" });
    const { waiting } = again.outbox.get();
    expect(waiting).toBe((await storage.scan({ prefix: ["outbox", "ada"] })).length);
    await again.connect();
    await here.clock.advance(60_000);
    expect(again.outbox.get().waiting).toBe(0);
    expect(here.backend.messages("here")).toHaveLength(20 + waiting);
  });
});
