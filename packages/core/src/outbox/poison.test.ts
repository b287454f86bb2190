import { afterEach, describe, expect, it } from "vitest";
import { createScope } from "../base/observable.ts";
import type { ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import type { Command } from "../protocol/commands.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createOutbox } from "./outbox.ts";

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((step) => step()));

/** An outbox over a backend that ends the link, with `code`, when it reads a text of `poison`. */
function setUp(poison: ReadonlySet<string>, code: ErrorCode = "protocol/malformed") {
  const clock = virtualClock();
  const outbox = createOutbox({
    ...{ clock, random: seededRandom(7), scope: createScope((error) => expect.fail(String(error))) },
    journal: { record: async () => {}, erase: () => {} },
    limiter: { take: () => ({ ok: true }), penalise: () => {} },
    maxEntries: 1_000,
    window: () => 8,
    nextId: () => "new",
    onEntry: () => {},
    onAck: () => {},
    onStuck: () => {},
  });
  undo.push(() => outbox.close());
  const taken: string[] = [];
  let links = 0;

  /** Opens links until one lives for a while; answers in order, as the backend reads. */
  const open = async (): Promise<void> => {
    for (links = 0; links < 100; links += 1) {
      const unread: { readonly id: string; ack(): void; lose(): void }[] = [];
      const link: Link = {
        submit: ({ commandId }) =>
          new Promise((resolve, reject) => {
            const cause = new MessagingError(code);
            const lose = (): void => reject(new MessagingError("connection/lost", { cause }));
            unread.push({ id: commandId, ack: () => resolve({ commandId, changes: [] }), lose });
          }),
        query: () => Promise.reject(new Error("unused")),
        signal: () => {},
        ping: async () => {},
        close: () => {},
      };
      outbox.use(link);
      await clock.settle();
      let isOver = false;
      for (let next = unread.shift(); next; next = unread.shift()) {
        isOver = poison.has(next.id);
        if (isOver) {
          outbox.use(undefined);
          [next, ...unread].forEach((each) => each.lose());
          break;
        }
        taken.push(next.id);
        bench.onRead(next.id);
        await clock.settle();
        next.ack();
        await clock.settle();
      }
      await clock.settle();
      if (!isOver) return;
    }
  };
  const send = (commandId: string, conversationId: string): void => {
    const content = { text: commandId };
    const command: Command = {
      type: "message.send",
      commandId,
      conversationId,
      at: 0,
      kind: "text",
      content,
    };
    outbox.add(command);
  };
  const bench = { outbox, open, send, taken, links: () => links, onRead: (_id: string): void => {} };
  return bench;
}

const failed = ({ outbox }: ReturnType<typeof setUp>): unknown[] =>
  outbox.view.get().entries.map(({ command, status, error }) => [command.commandId, status, error?.code]);

describe("a command that makes the backend end the link", () => {
  it.each<ErrorCode>(["protocol/malformed", "protocol/too-large"])(
    "[D7, O11] is found and parked after %s, and all others arrive in order",
    async (code) => {
      const bench = setUp(new Set(["a2", "b1"]), code);
      for (const id of ["a1", "a2", "a3", "a4"]) bench.send(id, "a");
      for (const id of ["b1", "b2", "c1"]) bench.send(id, id.slice(0, 1));
      await bench.open();
      expect(failed(bench)).toEqual([
        ["a2", "failed", code],
        ["b1", "failed", code],
      ]);
      expect(bench.taken.filter((id) => id.startsWith("a"))).toEqual(["a1", "a3", "a4"]);
      expect([...bench.taken].sort()).toEqual(["a1", "a3", "a4", "b2", "c1"]);
    },
  );

  it("[D9, O11] costs few links", async () => {
    const bench = setUp(new Set(["m50"]));
    for (let index = 0; index < 100; index += 1) bench.send(`m${index}`, String(index % 5));
    await bench.open();
    expect(bench.links()).toBeLessThanOrEqual(4);
    expect(bench.taken).toHaveLength(99);
  });

  it("[O11] does not stop the search when a push confirms one before its ack", async () => {
    const bench = setUp(new Set(["a1"]));
    for (const id of ["a1", "b1", "c1", "d1"]) bench.send(id, id.slice(0, 1));
    bench.onRead = (id) => bench.outbox.confirm({ commandId: id, changes: [] });
    await bench.open();
    expect(bench.taken).toHaveLength(3);
    expect(failed(bench)).toEqual([["a1", "failed", "protocol/malformed"]]);
  });

  it("may be tried again", async () => {
    const poison = new Set(["m"]);
    const bench = setUp(poison);
    bench.send("m", "a");
    await bench.open();
    poison.clear();
    expect(bench.outbox.retry("m")?.command.commandId).toBe("m");
    await bench.open();
    expect(bench.taken).toEqual(["m"]);
  });
});

describe("a link that ends for another reason", () => {
  it("[D7, O11] parks nobody, however often", async () => {
    const bench = setUp(new Set(["m"]), "connection/timeout");
    bench.send("m", "a");
    await bench.open();
    expect(bench.links()).toBe(100);
    expect(failed(bench)).toEqual([["m", "queued", undefined]]);
  });
});
