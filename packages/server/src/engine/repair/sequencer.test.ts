import type { Change, MessageRecord } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { BusEvent, CommittedEvent } from "../../bus/bus.ts";
import { Sequencer } from "./sequencer.ts";

const settings = { typing: true, receipts: true };
const typing: BusEvent = { type: "typing", conversationId: "a", userId: "ada", active: true };

/** A node that is in conversation "a", as far as revision `rev`; what it tells, by revision or kind. */
function nodeAt(rev: number) {
  const told: (number | string)[] = [];
  const deliver = (event: BusEvent): void => {
    if (event.type !== "committed") return void told.push(event.type);
    told.push(...event.changes.map((change) => change.rev));
    rev = event.head.rev;
  };
  const revOf = (id: string): number | undefined => (id === "a" ? rev : undefined);
  return { sequencer: new Sequencer({ revOf, deliver }), told };
}

function committed(conversationId: string, ...revs: readonly number[]): CommittedEvent {
  const changes = revs.map((rev): Change => {
    const id = `message ${rev}`;
    const record: MessageRecord = {
      ...{ type: "message", id, conversationId, rev, seq: rev, kind: "text", authorId: "ada" },
      ...{ content: { text: "" }, sentAt: 0, createdAt: 0, version: 0, reactions: [] },
    };
    return { conversationId, rev, kind: "message.send", actorId: "ada", at: 0, commandId: id, record };
  });
  const rev = revs.at(-1) ?? 0;
  return { type: "committed", head: { conversationId, rev, seq: rev }, settings, changes, origin: undefined };
}

const overdue = (sequencer: Sequencer, now: number): readonly string[] =>
  sequencer.overdue(now).map(({ conversationId }) => conversationId);

describe("the sequencer", () => {
  it("[D3] delivers in the order of revisions what comes in any other", () => {
    const { sequencer, told } = nodeAt(3);
    for (const batch of [[6, 7], [5], [9], [4], [8]]) sequencer.take(committed("a", ...batch), 0);
    expect(told).toEqual([4, 5, 6, 7, 8, 9]);
    expect(sequencer.isAtRest).toBe(true);
  });

  it("[D8] delivers nothing again: an old membership must not undo a newer one", () => {
    const { sequencer, told } = nodeAt(3);
    for (const batch of [[2, 3], [4], [4], [3, 4, 5], [5]]) sequencer.take(committed("a", ...batch), 0);
    sequencer.fill(committed("a", 5));
    expect(told).toEqual([4, 5]);
  });

  it("[D4] names the conversation whose missing change does not come", () => {
    const { sequencer, told } = nodeAt(3);
    sequencer.take(committed("a", 5), 1_000);
    expect(overdue(sequencer, 1_050)).toEqual([]);
    expect(overdue(sequencer, 1_100)).toEqual(["a"]);
    expect([sequencer.firstHeld("a"), sequencer.heard("a")]).toEqual([5, 5]);
    sequencer.fill(committed("a", 4)); // Read from the store.
    sequencer.release("a", 0, 1_200);
    expect(told).toEqual([4, 5]);
    expect(sequencer.isAtRest).toBe(true);
  });

  it("[D4] names at once what is doubted, until the store was read since", () => {
    const { sequencer } = nodeAt(3);
    sequencer.doubt("a");
    const [first] = sequencer.overdue(0);
    sequencer.doubt("a"); // While the store is being read.
    sequencer.release("a", first?.unknown ?? 0, 0);
    expect(overdue(sequencer, 0)).toEqual(["a"]);
    sequencer.release("a", 2, 0);
    expect(sequencer.isAtRest).toBe(true);
    sequencer.doubt("elsewhere");
    expect(sequencer.isAtRest).toBe(true);
  });

  it("[D8] lets receipts and signals wait for what may say who went, and for nothing else", () => {
    const { sequencer, told } = nodeAt(3);
    const conversationIds = ["a", "elsewhere"];
    const presence = { type: "presence", userId: "ada", status: "online", conversationIds } as const;
    sequencer.take(typing, 0);
    expect(told.splice(0)).toEqual(["typing"]);
    sequencer.doubt("a");
    sequencer.take(typing, 0);
    sequencer.take(presence, 0);
    expect(told.splice(0)).toEqual(["presence"]);
    sequencer.take(committed("a", 4), 0); // Nothing can be missing before it.
    expect(told.splice(0)).toEqual([4]);
    sequencer.release("a", 1, 0);
    expect(told).toEqual(["typing", "presence"]);
  });

  it("[D9] holds no more than it may: the store has it", () => {
    const { sequencer, told } = nodeAt(0);
    for (let rev = 2; rev <= 1_002; rev += 1) sequencer.take(committed("a", rev), 0);
    expect(overdue(sequencer, 0)).toEqual(["a"]);
    expect(sequencer.firstHeld("a")).toBe(Infinity);
    sequencer.take(committed("a", 1), 0);
    expect(told).toEqual([1]);
    sequencer.take(committed("a", 3), 0);
    expect(sequencer.firstHeld("a")).toBe(3);
  });

  it("passes on at once what happens where nobody here is", () => {
    const { sequencer, told } = nodeAt(3);
    sequencer.take(committed("elsewhere", 70), 0);
    expect(told).toEqual([70]);
  });
});
