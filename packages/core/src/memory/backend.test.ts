import { describe, expect, it } from "vitest";
import { enter, inGeneral, text } from "../../test/guest.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { createMemoryBackend, type MemoryBackend, type MemoryBackendOptions } from "./backend.ts";
import { memoryTransport } from "./memory-transport.ts";

function setUp(options: MemoryBackendOptions = {}): { backend: MemoryBackend; clock: VirtualClock } {
  const clock = virtualClock(1_000);
  return { clock, backend: createMemoryBackend({ clock, random: seededRandom(1), ...options }) };
}

const nowhere = "01900000-0000-7000-8000-ffffffffffff";

describe("connecting", () => {
  it("welcomes first, with the conversation everybody is in, before open resolves", async () => {
    const { backend } = setUp();
    const ada = await enter(backend.transport("ada"));
    expect(ada.events).toEqual([
      {
        type: "welcome",
        welcome: {
          userId: "ada",
          epoch: expect.any(String),
          policy: { ...defaultPolicy, rates: [] },
          heads: [{ conversationId: "general", rev: 2, seq: 0 }],
          at: 1_000,
        },
      },
    ]);
  });

  it("needs nothing at all: no user, no options, no timers", async () => {
    const me = await enter(memoryTransport());
    const ack = await me.say("hello");
    expect(ack.changes[0]).toMatchObject({ actorId: "me", record: { content: { text: "hello" } } });
  });

  it("asks `authenticate` whose token it is, and passes on what it says", async () => {
    const { backend, clock } = setUp({
      authenticate(token) {
        if (token === "old") throw new MessagingError("auth/expired");
        if (token === "broken") throw new Error("database down");
        return token === "short" ? { userId: "ada", expiresInMs: 5_000 } : { userId: token };
      },
    });
    const transport = backend.transport();
    await expect(enter(transport)).rejects.toMatchObject({ code: "auth/required" });
    await expect(enter(transport, { token: "old" })).rejects.toMatchObject({ code: "auth/expired" });
    await expect(enter(transport, { token: "broken" })).rejects.toMatchObject({ code: "auth/unavailable" });
    const ada = await enter(transport, { token: "short" });
    expect(ada.events[0]).toMatchObject({ welcome: { userId: "ada", tokenExpiresInMs: 5_000 } });
    await clock.advance(4_999);
    expect(ada.closed()).toBeUndefined();
    await clock.advance(1);
    expect(ada.closed()).toMatchObject({ code: "auth/expired", retryable: true });
  });

  it("renews a token on the open link, of the same user only", async () => {
    const { backend, clock } = setUp({ authenticate: (userId) => ({ userId, expiresInMs: 5_000 }) });
    const ada = await enter(backend.transport(), { token: "ada" });
    await clock.advance(4_000);
    expect(await ada.link.refresh?.("ada")).toBe(5_000);
    await expect(ada.link.refresh?.("eve")).rejects.toMatchObject({ code: "auth/invalid" });
    await clock.advance(4_000);
    expect(ada.closed()).toBeUndefined();
    ada.link.close();
    expect(clock.timers).toBe(0);
    expect((await enter(backend.transport("bob"))).link).not.toHaveProperty("refresh");
  });

  it("gives up an open that is no longer wanted", async () => {
    const { backend } = setUp();
    await expect(enter(backend.transport("ada"), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "connection/lost",
    });
    backend.faults.hold();
    await expect(enter(backend.transport("ada"), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "connection/lost",
    });
    const controller = new AbortController();
    const opening = enter(backend.transport("ada"), { signal: controller.signal });
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: "connection/lost" });
    backend.faults.release();
    expect(backend.messages("general")).toEqual([]);
  });

  it("brings nobody back who left, or was removed", async () => {
    const { backend } = setUp();
    const ada = await enter(backend.transport("ada"));
    await ada.submit({ type: "participant.leave" });
    const again = await enter(backend.transport("ada"));
    expect(again.events[0]).toMatchObject({ welcome: { heads: [] } });
  });
});

describe("submitting", () => {
  it("acks the sender and pushes to every other link of the members", async () => {
    const { backend, clock } = setUp();
    const [phone, laptop, bob] = await Promise.all(
      ["ada", "ada", "bob"].map((id) => enter(backend.transport(id))),
    );
    await clock.settle();
    const before = phone?.changes().length;
    const ack = await phone?.say("hello");
    await clock.settle();
    expect(laptop?.changes().at(-1)).toEqual(ack?.changes[0]);
    expect(bob?.changes().at(-1)).toEqual(ack?.changes[0]);
    expect(phone?.changes()).toHaveLength(before ?? NaN);
    expect(backend.messages("general").map(({ seq }) => seq)).toEqual([1]);
  });

  it("delivers in batches what came at once", async () => {
    const { backend, clock } = setUp();
    const [ada, bob] = [await enter(backend.transport("ada")), await enter(backend.transport("bob"))];
    await clock.settle();
    await Promise.all([ada.say("1"), ada.say("2"), ada.say("3")]);
    await clock.settle();
    expect(bob.batches.at(-1)).toHaveLength(3);
  });

  it("[D2] answers a command sent again with its first answer, refusals included, and does it once", async () => {
    const { backend } = setUp();
    const ada = await enter(backend.transport("ada"));
    const hello = inGeneral(text("hello"));
    const first = await ada.link.submit(hello);
    const pin = inGeneral({ type: "message.pin", messageId: hello.commandId });
    await expect(ada.link.submit(pin)).rejects.toMatchObject({ code: "permission/denied" });
    backend.act("boss", inGeneral({ type: "participant.role", userId: "ada", role: "owner" }), {
      system: true,
    });
    const again = await enter(backend.transport("ada"));
    expect(await again.link.submit(hello)).toEqual(first);
    await expect(again.link.submit(pin)).rejects.toMatchObject({ code: "permission/denied" });
    expect(backend.messages("general")).toHaveLength(1);
  });

  it("[D2] does not take another user's command id", async () => {
    const { backend } = setUp();
    const [ada, eve] = [await enter(backend.transport("ada")), await enter(backend.transport("eve"))];
    const hello = inGeneral(text("hello"));
    await ada.link.submit(hello);
    await expect(eve.link.submit(hello)).rejects.toMatchObject({ code: "command/id-taken" });
  });

  it("refuses what a wire would not let through, and does not keep what a caller may change", async () => {
    const { backend } = setUp();
    const ada = await enter(backend.transport("ada"));
    await expect(ada.link.submit({ ...inGeneral(text("x")), commandId: "1" })).rejects.toMatchObject({
      code: "command/malformed",
    });
    const custom = { list: [1] };
    const command = { ...inGeneral(text("x")), custom };
    const { changes } = await ada.link.submit(command);
    custom.list.push(2);
    expect(backend.messages("general")[0]?.custom).toEqual({ list: [1] });
    expect(Object.isFrozen(changes[0]?.record)).toBe(true);
  });

  it("[D7] refuses what was sent behind a passing refusal, until it is begun again", async () => {
    const { backend } = setUp();
    const ada = await enter(backend.transport("ada"));
    backend.faults.refuseNext("server/unavailable", { retryAfterMs: 50 });
    const [one, two, three] = [inGeneral(text("1")), inGeneral(text("2")), inGeneral(text("3"))];
    const codes = await Promise.all(
      [one, two].map((command) =>
        ada.link.submit(command).then(
          () => "ok",
          (error: unknown) => error,
        ),
      ),
    );
    expect(codes).toMatchObject([
      { code: "server/unavailable", retryable: true, retryAfterMs: 50 },
      { code: "command/out-of-order", retryable: true },
    ]);
    await expect(ada.link.submit(three)).rejects.toMatchObject({ code: "command/out-of-order" });
    await Promise.all([one, two, three].map((command) => ada.link.submit(command)));
    expect(backend.messages("general").map(({ content }) => content)).toEqual([
      { text: "1" },
      { text: "2" },
      { text: "3" },
    ]);
  });

  it("[D7] does not begin again before the submitter has every answer", async () => {
    const { backend } = setUp();
    const ada = await enter(backend.transport("ada"));
    backend.faults.refuseNext("server/unavailable");
    const [one, two] = [inGeneral(text("1")), inGeneral(text("2"))];
    const answers = [one, two, one].map((command) => ada.link.submit(command));
    expect(await Promise.allSettled(answers)).toMatchObject([
      { reason: { code: "server/unavailable" } },
      { reason: { code: "command/out-of-order" } },
      { reason: { code: "command/out-of-order" } },
    ]);
    await Promise.all([one, two].map((command) => ada.link.submit(command)));
    expect(backend.messages("general").map(({ id }) => id)).toEqual([one.commandId, two.commandId]);
  });

  it("[D7] goes on behind a final refusal", async () => {
    const { backend } = setUp();
    const ada = await enter(backend.transport("ada"));
    const poison = ada.say("  ");
    const good = ada.say("good");
    await expect(poison).rejects.toMatchObject({ code: "draft/empty", retryable: false });
    expect((await good).changes).toHaveLength(1);
  });

  it("holds to the rates of its policy, and announces another", async () => {
    const rates = [{ name: "minute", scope: "user", tokens: 2, perMs: 60_000, burst: 2 } as const];
    const { backend, clock } = setUp({ policy: { ...defaultPolicy, rates } });
    const ada = await enter(backend.transport("ada"));
    await ada.say("1");
    await ada.say("2");
    const third = inGeneral(text("3"));
    await expect(ada.link.submit(third)).rejects.toMatchObject({
      code: "rate/limited",
      retryAfterMs: 30_000,
    });
    await clock.advance(30_000);
    await ada.link.submit(third);
    backend.setPolicy({ ...defaultPolicy, rates: [] });
    await clock.settle();
    expect(ada.events.at(-1)).toEqual({ type: "policy", policy: { ...defaultPolicy, rates: [] } });
    await ada.say("4");
    expect(backend.messages("general")).toHaveLength(4);
  });
});

describe("[D8] isolation", () => {
  const acme = { conversationId: "acme", participants: [{ userId: "ada" }, { userId: "alan" }] };
  const globex = { conversationId: "globex", participants: [{ userId: "gina" }] };

  it("[D8] answers alike for what does not exist and for what belongs to others", async () => {
    const { backend } = setUp({ conversations: [acme, globex].map((each) => ({ ...each, kind: "group" })) });
    const gina = await enter(backend.transport("gina"));
    const ada = await enter(backend.transport("ada"));
    const said = { ...inGeneral(text("secret")), conversationId: "acme" };
    await ada.link.submit(said);
    const of = async (conversationId: string): Promise<unknown[]> => {
      const messageId = conversationId === "acme" ? said.commandId : nowhere;
      const page = { conversationId, limit: 10 };
      const errors = await Promise.all(
        [
          gina.link.submit({ ...inGeneral(text("x")), conversationId }),
          gina.link.submit({
            ...inGeneral({ type: "message.edit", messageId, content: { text: "x" } }),
            conversationId,
          }),
          gina.link.submit({ ...inGeneral({ type: "participant.join" }), conversationId }),
          gina.link.submit({ ...inGeneral({ type: "receipt.mark", readSeq: 1 }), conversationId }),
          gina.link.query({ type: "changes", afterRev: 0, ...page }),
          gina.link.query({ type: "history", ...page }),
          gina.link.query({ type: "conversation", conversationId }),
          gina.link.query({ type: "participants", ...page }),
          gina.link.query({ type: "receipts", ...page }),
          gina.link.query({ type: "versions", conversationId, messageId }),
          gina.link.query({ type: "reactors", ...page, messageId, emoji: "👍" }),
        ].map((answer) =>
          answer.then(
            () => "ok",
            (error: unknown) => String(error),
          ),
        ),
      );
      return errors;
    };
    const [others, nothing] = [await of("acme"), await of("no such")];
    expect(others).toEqual(nothing);
    expect(new Set(others)).not.toContain("ok");
    expect(await gina.link.query({ type: "conversations", limit: 10 })).toMatchObject({
      items: [{ head: { conversationId: "globex" } }],
    });
  });

  it("[D8] pushes nothing to outsiders, and to whoever goes only that they go", async () => {
    const { backend, clock } = setUp({ conversations: [acme, globex] });
    const gina = await enter(backend.transport("gina"));
    const alan = await enter(backend.transport("alan"));
    const ada = await enter(backend.transport("ada"));
    gina.link.signal({ type: "watch", conversationIds: ["acme", "globex"] });
    ada.link.signal({ type: "typing", conversationId: "acme", active: true });
    backend.act(
      "boss",
      { ...inGeneral({ type: "participant.remove", userId: "alan" }), conversationId: "acme" },
      { system: true },
    );
    const later = { ...inGeneral(text("without alan")), conversationId: "acme" };
    await ada.link.submit(later);
    await ada.link.submit({ ...inGeneral({ type: "receipt.mark", readSeq: 1 }), conversationId: "acme" });
    await gina.link.ping();
    await alan.link.ping();
    await clock.settle();
    expect(gina.events.map(({ type }) => type)).toEqual(["welcome"]);
    expect(alan.changes().map(({ kind }) => kind)).toEqual(["participant.remove"]);
    expect(alan.events.slice(2)).toEqual([]);
  });

  it("[D8] tells those who come in how they did", async () => {
    const { backend, clock } = setUp({ conversations: [] });
    const [ada, bob] = [await enter(backend.transport("ada")), await enter(backend.transport("bob"))];
    const create = inGeneral({
      type: "conversation.create",
      kind: "group",
      participants: [{ userId: "bob" }],
    });
    const { changes } = await ada.link.submit(create);
    await clock.settle();
    expect(bob.changes()).toEqual(changes);
    expect(ada.changes()).toEqual([]);
  });
});

describe("receipts", () => {
  it("travel to the others, or to one's own links only where the conversation says so", async () => {
    const { backend, clock } = setUp();
    const [phone, laptop, bob] = [
      await enter(backend.transport("ada")),
      await enter(backend.transport("ada")),
      await enter(backend.transport("bob")),
    ];
    await bob.say("1");
    await bob.say("2");
    const types = (guest: typeof bob): string[] =>
      guest.events.map(({ type }) => type).filter((type) => type === "receipt");
    const { receipt } = await phone.submit({ type: "receipt.mark", readSeq: 1 });
    await clock.settle();
    expect([laptop, bob].map((guest) => guest.events.at(-1))).toEqual(
      Array(2).fill({ type: "receipt", receipt }),
    );
    const settings = { typing: true, receipts: false };
    backend.act("boss", inGeneral({ type: "conversation.update", settings }), { system: true });
    await phone.submit({ type: "receipt.mark", readSeq: 2 });
    await clock.settle();
    expect([types(phone).length, types(laptop).length, types(bob).length]).toEqual([0, 2, 1]);
    expect(await bob.link.query({ type: "receipts", conversationId: "general", limit: 10 })).toEqual({
      items: [],
    });
  });
});

describe("a ping", () => {
  it("[D4] tells the heads that moved since the last one, before it resolves", async () => {
    const { backend, clock } = setUp();
    const ada = await enter(backend.transport("ada"));
    const bob = await enter(backend.transport("bob"));
    await clock.settle();
    const known = ada.events.length;
    backend.faults.dropPushes(1);
    await bob.say("lost on the way");
    await ada.link.ping();
    expect(ada.events.slice(known)).toEqual([
      { type: "heads", heads: [{ conversationId: "general", rev: 4, seq: 1 }] },
    ]);
    await ada.link.ping();
    await clock.settle();
    expect(ada.events).toHaveLength(known + 1);
  });
});

describe("the end of a link", () => {
  it("delivers `closed` last and once, and rejects whatever waits and comes after", async () => {
    const { backend, clock } = setUp();
    const ada = await enter(backend.transport("ada"));
    backend.faults.hold();
    const waiting = [ada.say("x"), ada.link.query({ type: "conversations", limit: 1 }), ada.link.ping()];
    const settled = Promise.allSettled(waiting);
    ada.link.close();
    ada.link.close();
    const late = await Promise.allSettled([
      ada.say("y"),
      ada.link.ping(),
      ada.link.query({ type: "conversations", limit: 1 }),
    ]);
    backend.faults.release();
    backend.act("boss", inGeneral(text("news")), { system: true });
    await clock.settle();
    for (const result of [...(await settled), ...late]) {
      expect(result).toMatchObject({
        status: "rejected",
        reason: { code: "connection/lost", retryable: true },
      });
    }
    expect(ada.events.map(({ type }) => type)).toEqual(["welcome", "closed"]);
    expect(backend.messages("general")).toHaveLength(2);
    ada.link.signal({ type: "presence", status: "away" });
  });
});

describe("a listener that closes its link", () => {
  it("hears nothing more of what came with that", async () => {
    const { backend, clock } = setUp();
    const heard: string[] = [];
    const signal = new AbortController().signal;
    const ada = await backend.transport("ada").open(
      {
        token: undefined,
        clientId: "test",
        receive(events) {
          heard.push(...events.map(({ type }) => type));
          if (heard.includes("change")) ada.close();
        },
      },
      signal,
    );
    backend.act("boss", inGeneral(text("first")), { system: true });
    const ping = ada.ping();
    backend.act("boss", inGeneral(text("second")), { system: true });
    await expect(ping).rejects.toMatchObject({ code: "connection/lost" });
    await clock.settle();
    expect(heard).toEqual(["welcome", "change", "heads", "closed"]);
  });
});

describe("acting without a link", () => {
  it("throws the refusal, and is heard of", async () => {
    const { backend, clock } = setUp();
    const ada = await enter(backend.transport("ada"));
    expect(() => backend.act("eve", inGeneral(text("x")))).toThrow(MessagingError);
    backend.act("eve", inGeneral({ ...text("maintenance at nine") }), { system: true });
    await clock.settle();
    expect(ada.changes().at(-1)).toMatchObject({ actorId: "eve", record: { seq: 1 } });
  });
});
