import { describe, expect, it } from "vitest";
import { enter, type Guest, inGeneral, text } from "../../test/guest.ts";
import type { LinkEvent } from "../ports/transport.ts";
import type { AnyRecord } from "../protocol/records.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { createMemoryBackend, type MemoryBackend } from "./backend.ts";

interface SetUp {
  readonly backend: MemoryBackend;
  readonly clock: VirtualClock;
  readonly ada: Guest;
  readonly bob: Guest;
}

async function setUp(): Promise<SetUp> {
  const clock = virtualClock(1_000);
  const backend = createMemoryBackend({ clock, random: seededRandom(7) });
  const [ada, bob] = [await enter(backend.transport("ada")), await enter(backend.transport("bob"))];
  await clock.settle();
  return { backend, clock, ada, bob };
}

/** "ok", the code of the refusal, or "waits". */
async function now(clock: VirtualClock, answer: Promise<unknown>): Promise<string> {
  let outcome = "waits";
  answer.then(
    () => (outcome = "ok"),
    (error: unknown) => (outcome = String(Object(error)["code"])),
  );
  await clock.settle();
  return outcome;
}

describe("lost answers and lost commands", () => {
  it("[D2] a lost ack means neither a lost message nor a second one", async () => {
    const { backend, clock, ada, bob } = await setUp();
    backend.faults.dropAcks(1);
    const hello = inGeneral(text("hello"));
    const answer = ada.link.submit(hello);
    expect(await now(clock, answer)).toBe("waits");
    expect(bob.changes().at(-1)?.commandId).toBe(hello.commandId);
    backend.faults.cut({ userId: "ada" });
    await expect(answer).rejects.toMatchObject({ code: "connection/lost" });
    const again = await enter(backend.transport("ada"));
    const ack = await again.link.submit(hello);
    expect(ack.changes[0]?.record).toEqual(backend.messages("general")[0]);
    expect(backend.messages("general")).toHaveLength(1);
  });

  it("a lost submit has no effect and no answer; receipts are not counted", async () => {
    const { backend, clock, ada } = await setUp();
    backend.faults.dropSubmits(1);
    expect(await now(clock, ada.submit({ type: "receipt.mark", readSeq: 1 }))).toBe("ok");
    expect(await now(clock, ada.say("lost"))).toBe("waits");
    expect(await now(clock, ada.say("kept"))).toBe("ok");
    expect(backend.messages("general").map(({ content }) => content)).toEqual([{ text: "kept" }]);
  });

  it("a made-up refusal of a passing kind is forgotten, a final one remembered", async () => {
    const { backend, clock, ada } = await setUp();
    backend.faults.refuseNext("server/unavailable", { times: 2 });
    backend.faults.refuseNext("draft/refused");
    const hello = inGeneral(text("hello"));
    const codes: string[] = [];
    for (let time = 0; time < 4; time += 1) codes.push(await now(clock, ada.link.submit(hello)));
    expect(codes).toEqual(["server/unavailable", "server/unavailable", "draft/refused", "draft/refused"]);
    expect(await now(clock, ada.say("next"))).toBe("ok");
  });
});

describe("pushes", () => {
  it("are lost as told: all, some by chance, or those picked", async () => {
    const { backend, clock, ada, bob } = await setUp();
    const heard = async (
      which: number | ((event: LinkEvent, userId: string) => boolean),
    ): Promise<number> => {
      backend.faults.dropPushes(which);
      const before = bob.changes().length;
      for (let index = 0; index < 100; index += 1) await ada.say("x");
      await clock.settle();
      return bob.changes().length - before;
    };
    expect(await heard(1)).toBe(0);
    expect(await heard(0)).toBe(100);
    const some = await heard(0.5);
    expect([some > 20, some < 80]).toEqual([true, true]);
    expect(await heard((_event, userId) => userId === "bob")).toBe(0);
    expect(await heard((_event, userId) => userId === "ada")).toBe(100);
  });

  it("come twice, and to the sender too, when told so", async () => {
    const { backend, clock, ada, bob } = await setUp();
    const before = [ada, bob].map((guest) => guest.changes().length);
    backend.faults.duplicatePushes(true);
    await ada.say("x");
    await clock.settle();
    expect([ada, bob].map((guest, index) => guest.changes().length - (before[index] ?? 0))).toEqual([2, 2]);
  });

  it("[D3] lost, doubled and out of order they still lead everybody to the same records", async () => {
    const { backend, clock, ada, bob } = await setUp();
    backend.faults.reorderPushes(true);
    backend.faults.duplicatePushes(true);
    backend.faults.dropPushes(0.3);
    const sent = await Promise.all(Array.from({ length: 50 }, (_, index) => ada.say(`${index}`)));
    for (const { commandId: messageId } of sent)
      void bob.submit({ type: "message.react", messageId, emoji: "👍" });
    await clock.settle();
    const revs = bob.changes().map(({ rev }) => rev);
    expect(revs).not.toEqual([...revs].sort((one, other) => one - other));
    expect(new Set(revs).size).toBeLessThan(revs.length);
    backend.faults.dropPushes(0);
    const records = new Map<string, AnyRecord>();
    const merge = (record: AnyRecord): void => {
      if (record.type !== "message" || (records.get(record.id)?.rev ?? 0) >= record.rev) return;
      records.set(record.id, record);
    };
    bob.changes().forEach(({ record }) => merge(record));
    expect([...records.values()]).not.toEqual(backend.messages("general"));
    const repair = { type: "changes", conversationId: "general", afterRev: 0, limit: 100 } as const;
    (await bob.link.query(repair)).records.forEach(merge);
    const inOrder = [...records.values()].flatMap((record) => (record.type === "message" ? [record] : []));
    expect(inOrder.sort((one, other) => one.seq - other.seq)).toEqual(backend.messages("general"));
  });
});

describe("time", () => {
  it("[D7] holds back answers, in order, and no pushes", async () => {
    const { backend, clock, ada, bob } = await setUp();
    backend.faults.hold();
    const order: string[] = [];
    const answers = ["1", "2"].map((words) => ada.say(words).then(() => order.push(words)));
    const known = bob.changes().length;
    expect(await now(clock, Promise.all(answers))).toBe("waits");
    expect(bob.changes().length - known).toBe(2);
    expect(await now(clock, enter(backend.transport("eve")))).toBe("waits");
    backend.faults.release();
    await clock.settle();
    expect(order).toEqual(["1", "2"]);
    expect(await now(clock, ada.say("3"))).toBe("ok");
  });

  it("delivers each thing at its own time", async () => {
    const { backend, clock, ada } = await setUp();
    backend.faults.delay(100);
    const first = ada.say("1");
    await clock.advance(50);
    const second = ada.say("2");
    await clock.advance(50);
    expect([await now(clock, first), await now(clock, second)]).toEqual(["ok", "waits"]);
    await clock.advance(50);
    expect(await now(clock, second)).toBe("ok");
  });

  it("delays whatever is delivered, and never lets it overtake", async () => {
    const { backend, clock, ada, bob } = await setUp();
    backend.faults.delay(100);
    const slow = ada.say("slow");
    backend.faults.delay(0);
    const fast = ada.say("fast");
    expect([await now(clock, slow), await now(clock, fast)]).toEqual(["waits", "waits"]);
    const known = bob.changes().length;
    await clock.advance(99);
    expect(bob.changes()).toHaveLength(known);
    await clock.advance(1);
    expect([await now(clock, slow), await now(clock, fast)]).toEqual(["ok", "ok"]);
    expect(
      bob
        .changes()
        .slice(known)
        .map(({ record }) => record),
    ).toEqual(backend.messages("general"));
  });
});

describe("links and the backend itself", () => {
  it("cuts all links, or those of one user, for the reason given", async () => {
    const { backend, clock, ada, bob } = await setUp();
    backend.faults.cut({ userId: "ada", code: "server/draining", retryAfterMs: 500 });
    await clock.settle();
    expect(ada.closed()).toEqual({ code: "server/draining", retryable: true, retryAfterMs: 500 });
    expect(bob.closed()).toBeUndefined();
    backend.faults.cut();
    await clock.settle();
    expect(bob.closed()).toEqual({ code: "connection/lost", retryable: true });
  });

  it("is out of reach while offline", async () => {
    const { backend, clock, ada } = await setUp();
    backend.faults.offline(true);
    await clock.settle();
    expect(ada.closed()?.code).toBe("connection/lost");
    expect(await now(clock, enter(backend.transport("ada")))).toBe("connection/failed");
    backend.faults.offline(false);
    expect(await now(clock, enter(backend.transport("ada")))).toBe("ok");
  });

  it("comes back as the backup was, in a new epoch, and takes again what it has forgotten", async () => {
    const { backend, ada, bob } = await setUp();
    const old = inGeneral(text("old"));
    const ack = await ada.link.submit(old);
    const within = { conversationId: "general", limit: 9 } as const;
    const like = { messageId: old.commandId, emoji: "👍" } as const;
    backend.act("cleo", inGeneral({ type: "message.react", ...like }), { system: true });
    backend.faults.backup();
    await bob.submit({ type: "message.react", ...like });
    const lost = inGeneral(text("lost"));
    await ada.link.submit(lost);
    await ada.say("also lost");
    for (let time = 0; time < 2; time += 1) {
      backend.faults.restore();
      const again = await enter(backend.transport("ada"));
      const revs = async (): Promise<number[]> =>
        (await again.link.query({ type: "changes", ...within, afterRev: 0 })).records.map(({ rev }) => rev);
      const [first, welcome] = [ada.events[0], again.events[0]];
      expect(welcome).toMatchObject({ type: "welcome", welcome: { heads: [{ rev: 5, seq: 1 }] } });
      expect(welcome).not.toMatchObject(first ?? {});
      expect(await revs()).toEqual([1, 2, 3, 5]);
      expect(await again.link.query({ type: "reactors", ...within, ...like })).toEqual({ items: ["cleo"] });
      expect(await again.link.submit(old)).toEqual(ack);
      expect((await again.link.submit(lost)).changes[0]).toMatchObject({ rev: 6, record: { seq: 2 } });
      await again.submit({ type: "message.react", ...like });
      expect(await revs()).toEqual([1, 2, 3, 6, 7]);
      expect(backend.messages("general")).toMatchObject([{ reactions: [{ count: 2 }] }, { seq: 2 }]);
    }
  });

  it("begins a new epoch also without a backup, and keeps what it has", async () => {
    const { backend, ada } = await setUp();
    await ada.say("kept");
    backend.faults.restore();
    const again = await enter(backend.transport("ada"));
    expect(again.events[0]).not.toMatchObject(ada.events[0] ?? {});
    expect(backend.messages("general")).toHaveLength(1);
  });

  it("gives up old messages with all that hangs on them", async () => {
    const { backend, ada } = await setUp();
    const { commandId: first } = await ada.say("1");
    backend.act("boss", inGeneral({ type: "message.pin", messageId: first }), { system: true });
    await ada.say("2");
    backend.faults.prune({ conversationId: "another", keepMessages: 0 });
    expect(backend.messages("general")).toHaveLength(2);
    backend.faults.prune({ conversationId: "general", keepMessages: 1 });
    expect(backend.messages("general").map(({ seq }) => seq)).toEqual([2]);
    await expect(ada.submit({ type: "message.delete", messageId: first })).rejects.toMatchObject({
      code: "message/not-found",
    });
    expect((await ada.say("3")).changes[0]).toMatchObject({ record: { seq: 3 } });
  });
});
