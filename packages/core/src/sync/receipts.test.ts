import { describe, expect, it } from "vitest";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import type { Command, MarkReceipt } from "../protocol/commands.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createReceiptSender } from "./receipts.ts";

function setUp(answer: () => Promise<void> = () => Promise.resolve()) {
  const clock = virtualClock();
  const marks: Pick<MarkReceipt, "conversationId" | "deliveredSeq" | "readSeq">[] = [];
  const done: string[] = [];
  let ids = 0;
  const sender = createReceiptSender({
    clock,
    nextId: () => `id-${++ids}`,
    onAck: () => {},
    onDone: (id) => done.push(id),
  });
  const submit = async (command: Command) => {
    if (command.type === "receipt.mark") {
      const { conversationId, deliveredSeq = 0, readSeq = 0 } = command;
      marks.push({ conversationId, deliveredSeq, readSeq });
    }
    await answer();
    return { commandId: command.commandId, changes: [] };
  };
  const link = (): Link => ({
    submit,
    query: () => Promise.reject(new Error("unused")),
    signal: () => {},
    ping: () => Promise.resolve(),
    close: () => {},
  });
  return { clock, marks, done, sender, link };
}

describe("receipt sender", () => {
  it("sends a burst as one, the highest of each", async () => {
    const { clock, marks, sender, link } = setUp();
    sender.use(link());
    for (let seq = 1; seq <= 50; seq += 1) sender.mark("a", { deliveredSeq: seq });
    sender.mark("a", { readSeq: 20 });
    await clock.advance(1_000);
    expect(marks).toEqual([{ conversationId: "a", deliveredSeq: 50, readSeq: 20 }]);
  });

  it("[D5] counts what was read as delivered, and never goes down", async () => {
    const { clock, marks, sender, link } = setUp();
    sender.use(link());
    sender.mark("a", { readSeq: 9 });
    await clock.advance(1_000);
    sender.mark("a", { readSeq: 3, deliveredSeq: 4 });
    await clock.advance(1_000);
    expect(marks).toEqual([{ conversationId: "a", deliveredSeq: 9, readSeq: 9 }]);
  });

  it("[D5] says at once that there is nothing to wait for where it was confirmed before", async () => {
    const { clock, done, marks, sender, link } = setUp();
    sender.use(link());
    sender.mark("a", { readSeq: 9 });
    await clock.advance(1_000);
    sender.mark("a", { readSeq: 9 });
    expect({ done, marks }).toMatchObject({ done: ["a", "a"], marks: [{ readSeq: 9 }] });
  });

  it("[D1] keeps what was marked without a link, and sends it on the next", async () => {
    const { clock, marks, sender, link } = setUp();
    sender.mark("a", { readSeq: 5 });
    await clock.advance(60_000);
    expect(marks).toEqual([]);
    sender.use(link());
    await clock.advance(1_000);
    expect(marks).toHaveLength(1);
  });

  it("tries again after a passing refusal, and not after a final one", async () => {
    let refusal = new MessagingError("server/unavailable");
    const { clock, marks, sender, link } = setUp(() => Promise.reject(refusal));
    sender.use(link());
    sender.mark("a", { readSeq: 5 });
    await clock.advance(6_000);
    expect(marks).toHaveLength(2);
    refusal = new MessagingError("conversation/not-found");
    await clock.advance(60_000);
    expect(marks).toHaveLength(3);
  });

  it("[D6] says when a mark is confirmed or refused for good, and sends a refused one when it is marked again", async () => {
    let refusal: MessagingError | undefined = new MessagingError("server/unavailable");
    const { clock, marks, done, sender, link } = setUp(async () => {
      if (refusal) throw refusal;
    });
    sender.use(link());
    sender.mark("a", { readSeq: 5 });
    await clock.advance(1_000);
    expect(done).toEqual([]);
    refusal = new MessagingError("conversation/not-found");
    await clock.advance(6_000);
    expect(done).toEqual(["a"]);
    refusal = undefined;
    sender.mark("a", { readSeq: 5 });
    await clock.advance(6_000);
    expect(done).toEqual(["a", "a"]);
    expect(marks).toHaveLength(3);
  });

  it("leaves no timer behind", async () => {
    const { clock, sender, link } = setUp();
    sender.use(link());
    sender.mark("a", { readSeq: 5 });
    sender.close();
    expect(clock.timers).toBe(0);
  });

  it("[D5] does not go on wanting what lies beyond what the backend has granted", async () => {
    const { clock, marks, done, sender, link } = setUp();
    const granting = {
      ...link(),
      submit: async (command: Command) => {
        const { commandId } = await link().submit(command);
        const receipt = { conversationId: "a", userId: "ada", deliveredSeq: 5, readSeq: 5, at: 0 };
        return { commandId, changes: [], receipt };
      },
    };
    sender.use(granting);
    sender.mark("a", { readSeq: Number.MAX_SAFE_INTEGER });
    await clock.advance(1_000);
    expect(done).toEqual(["a"]);
    sender.mark("a", { readSeq: 6 });
    await clock.advance(1_000);
    expect(marks.map(({ readSeq }) => readSeq)).toEqual([Number.MAX_SAFE_INTEGER, 6]);
  });

  it("[D5] marks lower sequences on a new link: it may be of another epoch", async () => {
    const { clock, marks, sender, link } = setUp();
    sender.use(link());
    sender.mark("a", { readSeq: 8 });
    await clock.advance(1_000);
    sender.use(undefined);
    sender.use(link());
    await clock.advance(1_000);
    sender.mark("a", { readSeq: 5 });
    await clock.advance(1_000);
    expect(marks.map(({ readSeq }) => readSeq)).toEqual([8, 5]);
  });
});
