import { describe, expect, it } from "vitest";
import { createScope } from "../base/observable.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import type { OutboxEntry } from "./entry.ts";
import type { Journal } from "./journal.ts";
import { createOutbox } from "./outbox.ts";

interface Flight {
  readonly id: string;
  ack(): void;
  refuse(error: MessagingError): void;
}

const lost = (): MessagingError => new MessagingError("connection/lost");

/** An outbox over a link whose answers the test gives by hand. */
function setUp({
  window = 4,
  journal = {} as Partial<Journal>,
  burst = Infinity,
  onEntry = (_entry: OutboxEntry): void => {},
  penalise = (_conversationId: string, _retryAfterMs: number): void => {},
} = {}) {
  const clock = virtualClock();
  const flights: Flight[] = [];
  const history: string[] = [];
  const erased: string[] = [];
  const acks: Ack[] = [];
  let stuck = 0;
  let tokens = burst;
  let ids = 0;
  const outbox = createOutbox({
    clock,
    random: seededRandom(7),
    scope: createScope((error) => expect.fail(String(error))),
    journal: {
      record: (_entry, before = Promise.resolve()) => before,
      erase: (id) => void erased.push(id),
      recover: () => Promise.resolve([]),
      ...journal,
    },
    limiter: {
      take: () => (tokens-- > 0 ? { ok: true } : { ok: false, retryAfterMs: 1_000 }),
      penalise,
    },
    maxEntries: 100,
    window: () => window,
    nextId: () => `new-${++ids}`,
    onEntry(entry) {
      history.push(`${entry.command.commandId} ${entry.status}`);
      onEntry(entry);
    },
    onAck: (ack) => void acks.push(ack),
    onStuck: () => void (stuck += 1),
  });
  const link = (): Link => ({
    submit: ({ commandId }) =>
      new Promise((resolve, reject) => {
        flights.push({ id: commandId, ack: () => resolve({ commandId, changes: [] }), refuse: reject });
      }),
    query: () => Promise.reject(new Error("unused")),
    signal: () => {},
    ping: () => Promise.resolve(),
    close: () => {},
  });
  const refill = (count: number): void => void (tokens = count);
  return { clock, flights, history, erased, acks, outbox, link, refill, stuck: () => stuck };
}

function send(commandId: string, conversationId = "a"): Command {
  const content = { text: commandId };
  return { type: "message.send", commandId, conversationId, at: 0, kind: "text", content };
}

const ids = (flights: readonly Flight[]): string[] => flights.map((flight) => flight.id);

describe("outbox", () => {
  it("[D1, O1] submits nothing before it is on storage", async () => {
    let written = (): void => {};
    const record = (): Promise<void> => new Promise((resolve) => (written = resolve));
    const { outbox, flights, clock, link } = setUp({ journal: { record } });
    outbox.use(link());
    outbox.add(send("m1"));
    await clock.settle();
    expect(ids(flights)).toEqual([]);
    written();
    await clock.settle();
    expect(ids(flights)).toEqual(["m1"]);
  });

  it("[D6, O12] parks what could not be stored, with the reason", async () => {
    const record = (): Promise<void> => Promise.reject(new MessagingError("storage/full"));
    const { outbox, flights, clock, link } = setUp({ journal: { record } });
    outbox.use(link());
    const entry = outbox.add(send("m1"));
    await expect(entry.stored).rejects.toMatchObject({ code: "storage/full" });
    await clock.settle();
    expect(flights).toEqual([]);
    expect(outbox.view.get()).toMatchObject({ waiting: 0, failed: 1 });
  });

  it("[D7, O2] pipelines a conversation in order, and conversations side by side", async () => {
    const { outbox, flights, clock, link } = setUp({ window: 2 });
    outbox.use(link());
    for (const id of ["m1", "m2", "m3"]) outbox.add(send(id));
    outbox.add(send("n1", "b"));
    await clock.settle();
    expect(ids(flights)).toEqual(["m1", "m2", "n1"]);
    flights[0]?.ack();
    await clock.settle();
    expect(ids(flights)).toEqual(["m1", "m2", "n1", "m3"]);
  });

  it("[D7, O3] goes back to the first refused and sends them again in order", async () => {
    const { outbox, flights, clock, link } = setUp();
    outbox.use(link());
    for (const id of ["m1", "m2", "m3"]) outbox.add(send(id));
    await clock.settle();
    flights[0]?.refuse(new MessagingError("server/unavailable", { retryAfterMs: 2_000 }));
    flights[1]?.refuse(new MessagingError("command/out-of-order"));
    flights[2]?.refuse(new MessagingError("command/out-of-order"));
    await clock.advance(1_999);
    expect(flights).toHaveLength(3);
    await clock.advance(1);
    expect(ids(flights.slice(3))).toEqual(["m1", "m2", "m3"]);
  });

  it("[D7, O9] parks a poison command, and lets those behind it pass", async () => {
    const { outbox, flights, clock, link, history } = setUp();
    outbox.use(link());
    const poison = outbox.add(send("m1"));
    outbox.add(send("m2"));
    await clock.settle();
    flights[0]?.refuse(new MessagingError("draft/refused"));
    flights[1]?.ack();
    await clock.settle();
    await expect(poison.settled()).rejects.toMatchObject({ code: "draft/refused" });
    expect(history).toContain("m2 sent");
    expect(outbox.view.get()).toMatchObject({ waiting: 0, failed: 1 });
  });

  it("[D9, O10] gives a command up that the backend never takes, after a bounded number of tries", async () => {
    const { outbox, flights, clock, link } = setUp();
    outbox.use(link());
    const entry = outbox.add(send("m1"));
    for (let times = 0; times < 50; times += 1) {
      await clock.advance(60_000);
      flights.at(-1)?.refuse(new MessagingError("server/internal"));
    }
    await expect(entry.settled()).rejects.toMatchObject({ code: "outbox/gave-up" });
    expect(flights).toHaveLength(8);
    expect(clock.timers).toBe(0);
  });

  it("[D1, D7, O10] waits for a backend that was away for an hour, and then drains in order", async () => {
    const { outbox, flights, clock, link, history } = setUp();
    outbox.use(link());
    for (const id of ["m1", "m2", "m3"]) outbox.add(send(id));
    await clock.settle();
    for (let seconds = 0; seconds < 3_600; seconds += 1) {
      for (const flight of flights.splice(0)) flight.refuse(new MessagingError("server/unavailable"));
      await clock.advance(1_000);
    }
    for (let seconds = 0; seconds < 60; seconds += 1) {
      for (const flight of flights.splice(0)) flight.ack();
      await clock.advance(1_000);
    }
    expect(history.filter((line) => /sent|failed/.test(line))).toEqual(["m1 sent", "m2 sent", "m3 sent"]);
    expect(outbox.view.get().entries).toEqual([]);
  });

  it("[D7, O10] gives a command up that alone is refused as unavailable, while others are taken", async () => {
    const { outbox, flights, clock, link } = setUp();
    outbox.use(link());
    const entry = outbox.add(send("m1"));
    for (let seconds = 0; seconds < 300; seconds += 1) {
      outbox.add(send(`b${seconds}`, "b"));
      await clock.settle();
      for (const flight of flights.splice(0)) {
        if (flight.id === "m1") flight.refuse(new MessagingError("server/unavailable"));
        else flight.ack();
      }
      await clock.advance(1_000);
    }
    await expect(entry.settled()).rejects.toMatchObject({ code: "outbox/gave-up" });
  });

  it.each(["rate/limited", "command/out-of-order"] as const)(
    "[D9] asks ever more rarely, and in the end no more, about what is refused with %s and no time",
    async (code) => {
      const { outbox, flights, clock, link } = setUp();
      outbox.use(link());
      const entry = outbox.add(send("m1"));
      await clock.settle();
      for (let seconds = 0; seconds < 300; seconds += 1) {
        flights.at(-1)?.refuse(new MessagingError(code));
        await clock.advance(1_000);
      }
      await expect(entry.settled()).rejects.toMatchObject({ code: "outbox/gave-up" });
      expect(flights).toHaveLength(8);
    },
  );

  it("[D1, O4] waits for a rate as often as it is told for how long", async () => {
    const told: number[] = [];
    const penalise = (_conversationId: string, retryAfterMs: number): void => void told.push(retryAfterMs);
    const { outbox, flights, clock, link } = setUp({ penalise });
    outbox.use(link());
    const entry = outbox.add(send("m1"));
    await clock.settle();
    for (let minutes = 0; minutes < 30; minutes += 1) {
      flights.at(-1)?.refuse(new MessagingError("rate/limited", { retryAfterMs: 59_000 }));
      await clock.advance(60_000);
    }
    expect(flights).toHaveLength(31);
    expect(entry.status).toBe("sending");
    flights.at(-1)?.refuse(new MessagingError("rate/limited"));
    await clock.settle();
    expect(told).toEqual([...Array<number>(30).fill(59_000), 0]);
  });

  it("[D2, O6] submits again what a broken link left unanswered, under the same id", async () => {
    const { outbox, flights, clock, link, history } = setUp();
    outbox.use(link());
    for (const id of ["m1", "m2"]) outbox.add(send(id));
    await clock.settle();
    outbox.use(undefined);
    for (const flight of flights) flight.refuse(lost());
    await clock.advance(60_000);
    outbox.use(link());
    expect(ids(flights)).toEqual(["m1", "m2", "m1", "m2"]);
    flights[2]?.ack();
    flights[3]?.ack();
    await clock.settle();
    expect(history.filter((line) => line.endsWith("sent"))).toEqual(["m1 sent", "m2 sent"]);
    expect(outbox.view.get().entries).toEqual([]);
  });

  it("[D2, O7] takes a pushed change for the ack that was lost, and does not submit again", async () => {
    const { outbox, flights, clock, link, acks, erased } = setUp();
    outbox.use(link());
    outbox.add(send("m1"));
    await clock.settle();
    outbox.use(undefined);
    flights[0]?.refuse(lost());
    outbox.confirm({ commandId: "m1", changes: [] });
    outbox.use(link());
    await clock.settle();
    expect(flights).toHaveLength(1);
    expect(acks).toHaveLength(1);
    expect(erased).toEqual(["m1"]);
  });

  it("[D5, O6] lets a late answer of an older link change nothing", async () => {
    const { outbox, flights, clock, link, history } = setUp();
    outbox.use(link());
    outbox.add(send("m1"));
    await clock.settle();
    outbox.use(link());
    flights[1]?.ack();
    await clock.settle();
    const before = [...history];
    flights[0]?.refuse(new MessagingError("permission/denied"));
    await clock.settle();
    expect(history).toEqual(before);
  });

  it("[O4] waits for the rate limit and then goes on in order", async () => {
    const { outbox, flights, clock, link, refill } = setUp({ burst: 1 });
    outbox.use(link());
    for (const id of ["m1", "m2", "m3"]) outbox.add(send(id));
    await clock.advance(500);
    expect(ids(flights)).toEqual(["m1"]);
    refill(5);
    await clock.advance(500);
    expect(ids(flights)).toEqual(["m1", "m2", "m3"]);
  });

  it("[D9, O14] refuses more than its bound with a code", () => {
    const { outbox } = setUp();
    for (let index = 0; index < 100; index += 1) outbox.add(send(`m${index}`));
    expect(() => outbox.add(send("more"))).toThrow(expect.objectContaining({ code: "outbox/full" }));
  });

  it("[O13] cancels what waits, and not what is out", async () => {
    const { outbox, clock, link, history } = setUp({ window: 1 });
    outbox.use(link());
    outbox.add(send("m1"));
    const waiting = outbox.add(send("m2"));
    await clock.settle();
    expect([outbox.cancel("m1"), outbox.cancel("m2"), outbox.cancel("m2")]).toEqual([false, true, false]);
    await expect(waiting.settled()).rejects.toMatchObject({ code: "outbox/cancelled" });
    expect(history.at(-1)).toBe("m2 cancelled");
  });

  it("[O8] tries a refused command again under a new id, and one that was given up under its own", async () => {
    const { outbox, flights, clock, link } = setUp();
    outbox.use(link());
    outbox.add(send("m1"));
    await clock.settle();
    flights[0]?.refuse(new MessagingError("permission/muted"));
    await clock.settle();
    expect(outbox.retry("m1")?.command.commandId).toBe("new-1");
    await clock.settle();
    for (let times = 0; times < 8; times += 1) {
      flights.at(-1)?.refuse(new MessagingError("server/internal"));
      await clock.advance(60_000);
    }
    expect(outbox.retry("new-1")?.command.commandId).toBe("new-1");
    await clock.settle();
    flights.at(-1)?.ack();
    await clock.settle();
    expect(outbox.view.get().entries).toEqual([]);
  });

  it("[O15] distrusts a link that answers nothing", async () => {
    const { outbox, clock, link, stuck } = setUp();
    outbox.use(link());
    outbox.add(send("m1"));
    await clock.advance(29_000);
    expect(stuck()).toBe(0);
    await clock.advance(2_000);
    expect(stuck()).toBe(1);
  });

  it("[D1, O5] puts what an earlier life left before what this one was given", async () => {
    const { outbox, flights, clock, link } = setUp();
    outbox.add(send("m3"));
    outbox.restore([send("m1"), send("m2"), send("n1", "b")].map((command) => ({ command })));
    outbox.use(link());
    await clock.settle();
    expect(ids(flights).filter((id) => id.startsWith("m"))).toEqual(["m1", "m2", "m3"]);
  });

  it("[D6, O22] keeps what was refused for good as refused, in a later life, too, until it is tried again", async () => {
    const { outbox, flights, clock, link } = setUp();
    const refused = { code: "permission/denied", message: "unable to send; you are banned" } as const;
    outbox.restore([{ command: send("m1"), refused }, { command: send("m2") }]);
    outbox.use(link());
    await clock.settle();
    expect(ids(flights)).toEqual(["m2"]);
    expect(outbox.view.get()).toMatchObject({ failed: 1, waiting: 1 });
    const reason = { ...refused, retryable: false };
    expect(outbox.find("m1")).toMatchObject({ status: "failed", error: reason });
    await expect(outbox.find("m1")?.settled()).rejects.toMatchObject(reason);
    const again = outbox.retry("m1");
    await clock.settle();
    expect(ids(flights)).toEqual(["m2", again?.command.commandId]);
    expect(again?.command.commandId).not.toBe("m1");
  });

  it("[D2, O5] does not take in twice what storage has from this very life", async () => {
    const { outbox, flights, clock, link } = setUp();
    outbox.add(send("m1"));
    outbox.restore([send("m0"), send("m1")].map((command) => ({ command })));
    outbox.use(link());
    await clock.settle();
    expect(ids(flights)).toEqual(["m0", "m1"]);
  });

  it("[O16] ends every wait when closed, leaves no timer, and stays readable", async () => {
    const { outbox, clock, link } = setUp();
    outbox.use(link());
    const entry = outbox.add(send("m1"));
    await clock.settle();
    outbox.close();
    outbox.close();
    await expect(entry.settled()).rejects.toMatchObject({ code: "client/closed" });
    expect(clock.timers).toBe(0);
    expect(outbox.view.get().waiting).toBe(1);
  });

  it("[D7, O6] a late refusal of an earlier link is not taken for one of the attempt that is out now", async () => {
    const { outbox, flights, clock, link } = setUp({ window: 1 });
    outbox.use(link());
    const entry = outbox.add(send("m1"));
    await clock.settle();
    outbox.use(undefined);
    outbox.use(link());
    flights[0]?.refuse(lost());
    await clock.settle();
    expect(entry.status).toBe("sending");
    flights[1]?.refuse(new MessagingError("server/unavailable"));
    await clock.advance(60_000);
    expect(ids(flights)).toEqual(["m1", "m1", "m1"]);
  });

  it("[D9] does not hold a link that answers for stuck because an earlier one never did", async () => {
    const { outbox, flights, clock, link, stuck } = setUp();
    outbox.use(link());
    outbox.add(send("m1"));
    await clock.settle();
    outbox.use(undefined);
    outbox.use(link());
    flights[1]?.ack();
    await clock.advance(120_000);
    expect(stuck()).toBe(0);
  });

  it("[D1, O8] keeps a refused command on storage until the one that takes its place is there", async () => {
    const written: (() => void)[] = [];
    const record = (): Promise<void> => new Promise((resolve) => written.push(resolve));
    const { outbox, flights, clock, link, erased } = setUp({ journal: { record } });
    outbox.use(link());
    outbox.add(send("m1"));
    written[0]?.();
    await clock.settle();
    flights[0]?.refuse(new MessagingError("permission/denied"));
    await clock.settle();
    outbox.retry("m1");
    await clock.settle();
    written[1]?.(); // that it was refused
    await clock.settle();
    expect(erased).toEqual([]);
    written[2]?.();
    await clock.settle();
    expect(erased).toEqual(["m1"]);
  });

  it("[D6, O22] tells nobody that a command was refused before storage has it, and everybody if it cannot", async () => {
    const writes: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const record = (): Promise<void> => new Promise((resolve, reject) => writes.push({ resolve, reject }));
    const { outbox, flights, clock, link } = setUp({ journal: { record } });
    outbox.use(link());
    const told: string[] = [];
    for (const id of ["m1", "m2"]) {
      const tell = (error: unknown): void => void told.push(`${id} ${String(Object(error).code)}`);
      outbox.add(send(id)).settled().catch(tell);
    }
    for (const { resolve } of writes) resolve();
    await clock.settle();
    for (const { refuse } of flights) refuse(new MessagingError("permission/denied"));
    await clock.settle();
    expect(outbox.view.get().failed).toBe(2);
    expect(told).toEqual([]);
    writes[2]?.resolve();
    writes[3]?.reject(new Error("the disk is gone"));
    await clock.settle();
    expect(told).toEqual(["m1 permission/denied", "m2 permission/denied"]);
  });

  it.each([undefined, {}, { commandId: "m2", changes: [] }, { commandId: "m1" }])(
    "[D1, D9] keeps a command that an adapter answered with %j, and gives up in the end",
    async (answer) => {
      const { outbox, acks, erased, clock, link } = setUp();
      const misled = link();
      outbox.use(Object.assign(misled, { submit: async () => answer }));
      const entry = outbox.add(send("m1"));
      await clock.advance(300_000);
      expect(entry).toMatchObject({ status: "failed", error: { code: "outbox/gave-up" } });
      expect(entry.error?.cause).toMatchObject({ code: "protocol/malformed" });
      expect({ acks, erased }).toEqual({ acks: [], erased: [] });
    },
  );

  it("[D10] survives a listener that ends the link while commands leave on it", async () => {
    const { outbox, flights, clock, link } = setUp({
      onEntry: ({ status, attempts }) =>
        void (status === "sending" && attempts === 1 && outbox.use(undefined)),
    });
    for (const id of ["m1", "m2"]) outbox.add(send(id));
    await clock.settle();
    outbox.use(link());
    expect(ids(flights)).toEqual([]);
    outbox.use(link());
    outbox.use(link());
    expect(ids(flights)).toEqual(["m1", "m1", "m2"]);
  });

  describe("with a gate", () => {
    /** Holds the commands named until the test lets them go. */
    const gated = (held: Set<string>, stored = (): Promise<void> | undefined => undefined) => {
      const parts = setUp();
      const keeper = parts.outbox.keep({ isHeld: ({ commandId }) => held.has(commandId), stored });
      return { ...parts, keeper };
    };

    it("holds a command without holding up those behind it, and lets it go before what waits", async () => {
      const held = new Set(["1"]);
      const { clock, outbox, flights, keeper, link } = gated(held);
      outbox.use(link());
      for (const id of ["1", "2"]) outbox.add(send(id));
      await clock.settle();
      expect(ids(flights)).toEqual(["2"]);
      expect(outbox.find("1")?.status).toBe("queued");
      outbox.use(undefined);
      outbox.add(send("3"));
      held.clear();
      keeper.release();
      outbox.use(link());
      await clock.settle();
      expect(ids(flights).slice(1)).toEqual(["1", "2", "3"]);
    });

    it("[D1] holds what an earlier life left, and stores a command only after what it needs", async () => {
      let isStored = (): void => {};
      const needs = new Promise<void>((resolve) => (isStored = resolve));
      const held = new Set(["old"]);
      const { clock, outbox, flights, keeper, link } = gated(held, () => needs);
      outbox.restore([{ command: send("old") }]);
      outbox.use(link());
      const entry = outbox.add(send("new"));
      await clock.settle();
      expect([entry.isStored, ids(flights)]).toEqual([false, []]);
      isStored();
      await entry.stored;
      expect(ids(flights)).toEqual(["new"]);
      held.clear();
      keeper.release();
      expect(ids(flights)).toEqual(["new", "old"]);
    });

    it("[D6] parks what can never go, and holds it again when it is tried again", async () => {
      const { clock, outbox, flights, keeper, link } = gated(new Set(["1"]));
      outbox.use(link());
      const entry = outbox.add(send("1"));
      const settled = entry.settled();
      keeper.park("1", new MessagingError("storage/failed"));
      expect(entry.status).toBe("failed");
      await expect(settled).rejects.toMatchObject({ code: "storage/failed" });
      outbox.retry("1");
      await clock.settle();
      expect([entry.status, ids(flights)]).toEqual(["queued", []]);
    });

    it("[D6] parks for good what no later life may send, and of what was out says only that it was called off", async () => {
      const { clock, outbox, flights, keeper, link } = gated(new Set(["2"]));
      outbox.use(link());
      const [out, later] = [outbox.add(send("1")), outbox.add(send("2"))];
      const ends = [out, later].map((entry) => entry.settled().catch(({ code }: MessagingError) => code));
      await clock.settle();
      expect(ids(flights)).toEqual(["1"]);
      outbox.use(undefined);
      for (const id of ["1", "2"]) keeper.park(id, new MessagingError("file/not-found"), true);
      await clock.settle();
      expect(await Promise.all(ends)).toEqual(["outbox/cancelled", "file/not-found"]);
      expect([out, later].map(({ refused }) => refused?.code)).toEqual([
        "outbox/cancelled",
        "file/not-found",
      ]);
    });
  });
});
