import { MessagingError } from "@tidings/core/errors";
import { type ClientFrame, defaultPolicy } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { openLibsqlStore, type Store } from "../../src/store/index.ts";
import { EngineBench, sendFrame, type TestLink } from "../support/engine-bench.ts";
import { newId } from "../support/raw-client.ts";

/** How each submit was answered, in order: its text's sequence, or the code and the number waited for. */
function answers(link: TestLink): unknown[] {
  return link.take().flatMap((frame): unknown[] => {
    if (frame.type === "reject") return [[frame.code, frame.expected]];
    if (frame.type !== "ack") return [];
    const [change] = frame.ack.changes;
    return [change?.record.type === "message" ? change.record.seq : "ack"];
  });
}

async function ada(bench: EngineBench): Promise<TestLink> {
  const link = await bench.join("ada");
  link.take();
  return link;
}

const slow = { rates: [{ name: "test", scope: "user", tokens: 1, perMs: 1_000, burst: 2 }] } as const;

describe("lanes", () => {
  it("[D7] takes pipelined submits in their order", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    await bench.send(link, ...[1, 2, 3].map((lane) => sendFrame("general", String(lane), lane)));
    expect(answers(link)).toEqual([1, 2, 3]);
  });

  it("[D7] refuses what overtakes, and says what it waits for", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    const [first, second, third] = [1, 2, 3].map((lane) => sendFrame("general", String(lane), lane));
    if (!first || !second || !third) throw new Error();
    await bench.send(link, third, second);
    expect(answers(link)).toEqual([
      ["command/out-of-order", 1],
      ["command/out-of-order", 1],
    ]);
    await bench.send(link, first, second, third);
    expect(answers(link)).toEqual([1, 2, 3]);
  });

  it("[D7] stops those behind a passing refusal, whichever batch they come in", async () => {
    const bench = await EngineBench.open({ policy: slow });
    const link = await ada(bench);
    const frames = [1, 2, 3, 4].map((lane) => sendFrame("general", String(lane), lane));
    await bench.send(link, ...frames);
    expect(answers(link)).toEqual([1, 2, ["rate/limited", 3], ["command/out-of-order", 3]]);
    await bench.send(link, sendFrame("general", "5", 5));
    expect(answers(link)).toEqual([["command/out-of-order", 3]]);
    await bench.clock.advance(2_000);
    await bench.send(link, ...frames.slice(2));
    expect(answers(link)).toEqual([3, 4]);
  });

  it("[D7] goes on behind a final refusal: one poison command blocks nothing", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    const tooLong = sendFrame("general", "x".repeat(10_001), 2);
    await bench.send(link, sendFrame("general", "1", 1), tooLong, sendFrame("general", "3", 3));
    expect(answers(link)).toEqual([1, ["draft/too-long", undefined], 2]);
  });

  it("[D7] uses up the number of a submit that cannot be understood", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    const { session } = link;
    if (!session) throw new Error();
    const error = new MessagingError("command/malformed");
    bench.engine.receive(session, [
      sendFrame("general", "1", 1),
      { type: "malformed", id: 77, lane: 2, conversationId: "general", error },
      sendFrame("general", "3", 3),
    ]);
    await bench.clock.advance(0);
    expect(answers(link)).toEqual([1, ["command/malformed", undefined], 2]);
  });

  it("[D7] looks at nothing that overtakes, not even to find it malformed", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    const error = new MessagingError("command/malformed");
    if (!link.session) throw new Error();
    bench.engine.receive(link.session, [
      { type: "malformed", id: 77, lane: 2, conversationId: "general", error },
    ]);
    await bench.clock.advance(0);
    expect(answers(link)).toEqual([["command/out-of-order", 1]]);
  });

  it("keeps a lane per conversation: one that waits does not hold up another", async () => {
    const bench = await EngineBench.open({
      lobbies: ["a", "b"].map((id) => ({ conversationId: id, name: id, kind: "community" })),
    });
    const link = await ada(bench);
    await bench.send(link, sendFrame("a", "2", 2), sendFrame("b", "1", 1));
    expect(answers(link)).toEqual([["command/out-of-order", 1], 1]);
  });

  it("[D2] answers a repeated submit again, with whatever number it comes that was already used", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    const first = sendFrame("general", "1", 1);
    const second = sendFrame("general", "2", 2);
    await bench.send(link, first, first, second, first, second);
    expect(answers(link)).toEqual([1, 1, 2, 1, 2]);
    await bench.send(link, sendFrame("general", "3", 3));
    expect(answers(link)).toEqual([3]);
  });

  it("[D2] counts a command from before a reconnect like any other of the new link", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    const commandId = newId();
    await bench.send(link, sendFrame("general", "1", 1, commandId));
    await bench.leave(link, false);
    const again = await ada(bench);
    await bench.send(again, sendFrame("general", "1", 1, commandId), sendFrame("general", "2", 2));
    expect(answers(again)).toEqual([1, 2]);
  });

  it("[D7] does not let a repeated command overtake a lane that waits", async () => {
    const bench = await EngineBench.open({ policy: slow });
    const link = await ada(bench);
    const known = newId();
    await bench.send(link, sendFrame("general", "1", 1, known), sendFrame("general", "2", 2));
    await bench.leave(link, false);
    const again = await ada(bench);
    await bench.send(again, sendFrame("general", "3", 1), sendFrame("general", "1", 2, known));
    expect(answers(again)).toEqual([
      ["rate/limited", 1],
      ["command/out-of-order", 1],
    ]);
  });

  it("refuses a new command under a used number", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    await bench.send(link, sendFrame("general", "1", 1), sendFrame("general", "another", 1));
    expect(answers(link)).toEqual([1, ["command/out-of-order", 2]]);
  });

  it("takes receipts beside the lane", async () => {
    const bench = await EngineBench.open();
    const link = await ada(bench);
    const mark: ClientFrame = {
      type: "submit",
      id: 9,
      command: { type: "receipt.mark", commandId: newId(), conversationId: "general", at: 0, readSeq: 1 },
    };
    await bench.send(link, sendFrame("general", "1", 1), mark, sendFrame("general", "2", 2));
    expect(answers(link)).toEqual([1, "ack", 2]);
  });

  it("[D7] puts a whole batch back when the store fails, and takes it again in order", async () => {
    const store = openLibsqlStore();
    let isBroken = false;
    const fragile: Store = {
      epoch: store.epoch,
      commit: (items, admit) => {
        if (!isBroken) return store.commit(items, admit);
        for (const item of items) admit(item, false);
        return Promise.reject(new Error("disk full"));
      },
      query: (readerId, query) => store.query(readerId, query),
      memberships: (userId) => store.memberships(userId),
      wasIn: (conversationId, userId) => store.wasIn(conversationId, userId),
      forgetAnswers: (before) => store.forgetAnswers(before),
      close: () => store.close(),
    };
    const bench = await EngineBench.open({ store: fragile });
    const link = await ada(bench);
    await bench.send(link, sendFrame("general", "1", 1));
    isBroken = true;
    const frames = [2, 3].map((lane) => sendFrame("general", String(lane), lane));
    await bench.send(link, ...frames);
    expect(answers(link)).toEqual([1, ["server/unavailable", 2], ["server/unavailable", 2]]);
    expect(bench.failures).toHaveLength(1);
    isBroken = false;
    await bench.send(link, ...frames);
    expect(answers(link)).toEqual([2, 3]);
  });

  it("[D9] forgets lanes that were not used for long, and tells the client where to start", async () => {
    const frames = { perSecond: 10_000, burst: 10_000 };
    const bench = await EngineBench.open({ bounds: { frames }, policy: { rates: [] } });
    const link = await ada(bench);
    await bench.send(link, sendFrame("general", "1", 1));
    for (let index = 0; index < 1_100; index += 1)
      await bench.send(link, sendFrame(`other-${index}`, "?", 1));
    link.take();
    await bench.send(link, sendFrame("general", "2", 2));
    expect(answers(link)).toEqual([["command/out-of-order", 1]]);
    await bench.send(link, sendFrame("general", "2", 1));
    expect(answers(link)).toEqual([2]);
  });

  it("[D9] refuses more than may be under way at once, and takes them later", async () => {
    const bench = await EngineBench.open({ policy: { limits: { ...defaultPolicy.limits, inFlight: 2 } } });
    const link = await ada(bench);
    const frames = [1, 2, 3].map((lane) => sendFrame("general", String(lane), lane));
    await bench.send(link, ...frames);
    expect(answers(link)).toEqual([1, 2, ["protocol/busy", 3]]);
    await bench.send(link, ...frames.slice(2));
    expect(answers(link)).toEqual([3]);
  });

  it("[D2] answers again what it answered before, however busy it is", async () => {
    const bench = await EngineBench.open({ policy: { limits: { ...defaultPolicy.limits, inFlight: 1 } } });
    const link = await ada(bench);
    const first = sendFrame("general", "1", 1);
    await bench.send(link, first);
    await bench.send(link, sendFrame("general", "2", 2), first, sendFrame("general", "3", 3));
    expect(answers(link)).toEqual([1, 2, 1, ["protocol/busy", 3]]);
  });
});
