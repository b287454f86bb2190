import type { Change, MessageRecord } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { BusEvent, CommittedEvent, NodeView } from "../bus.ts";
import { Sequencer } from "./sequencer.ts";

const settings = { typing: true, receipts: true };

/** A node that is in conversation "a", as far as revision `rev`. */
function nodeAt(rev: number): {
  readonly node: NodeView;
  hear(events: readonly BusEvent[]): void;
  readonly revs: number[];
} {
  const revs: number[] = [];
  let head = { conversationId: "a", rev, seq: rev };
  return {
    revs,
    hear(events) {
      for (const event of events) {
        if (event.type !== "committed") continue;
        revs.push(...event.changes.map((change) => change.rev));
        head = event.head;
      }
    },
    node: {
      userIds: () => [],
      conversationIds: () => [],
      conversation: (id) => (id === "a" ? { head, settings, isWatched: false, userIds: [] } : undefined),
      signals: () => [],
    },
  };
}

function committed(conversationId: string, ...revs: readonly number[]): CommittedEvent {
  const changes = revs.map((rev): Change => {
    const id = `message ${rev}`;
    const record: MessageRecord = {
      ...{
        type: "message",
        id,
        conversationId,
        rev,
        seq: rev,
        kind: "text",
        authorId: "ada",
        content: { text: "" },
      },
      ...{ sentAt: 0, createdAt: 0, version: 0, reactions: [] },
    };
    return { conversationId, rev, kind: "message.send", actorId: "ada", at: 0, commandId: id, record };
  });
  const rev = revs.at(-1) ?? 0;
  return { type: "committed", head: { conversationId, rev, seq: rev }, settings, changes, origin: undefined };
}

describe("the sequencer", () => {
  it("[D3] delivers in the order of revisions what comes in any other", () => {
    const { node, hear, revs } = nodeAt(3);
    const sequencer = new Sequencer(node, hear);
    for (const batch of [[6, 7], [5], [9], [4], [8]]) sequencer.take(committed("a", ...batch), 0);
    expect(revs).toEqual([4, 5, 6, 7, 8, 9]);
    expect(sequencer.overdue(1_000)).toEqual([]);
  });

  it("[D8] delivers nothing again: an old membership must not undo a newer one", () => {
    const { node, hear, revs } = nodeAt(3);
    const sequencer = new Sequencer(node, hear);
    for (const batch of [[2, 3], [4], [4], [3, 4, 5], [5]]) sequencer.take(committed("a", ...batch), 0);
    expect(revs).toEqual([4, 5]);
  });

  it("[D4] names the conversation whose missing change does not come", () => {
    const { node, hear, revs } = nodeAt(3);
    const sequencer = new Sequencer(node, hear);
    sequencer.take(committed("a", 5), 1_000);
    expect(sequencer.overdue(1_050)).toEqual([]);
    expect(sequencer.overdue(1_100)).toEqual(["a"]);
    hear([committed("a", 4)]); // Read from the store.
    sequencer.release("a", 1_200);
    expect(revs).toEqual([4, 5]);
    expect(sequencer.overdue(9_000)).toEqual([]);
  });

  it("[D9] holds no more than it may", () => {
    const { node, hear } = nodeAt(0);
    const sequencer = new Sequencer(node, hear);
    for (let rev = 2; rev <= 1_002; rev += 1) sequencer.take(committed("a", rev), 0);
    expect(sequencer.overdue(0)).toEqual(["a"]);
  });

  it("passes on at once what happens where nobody here is", () => {
    const { node, hear, revs } = nodeAt(3);
    new Sequencer(node, hear).take(committed("elsewhere", 70), 0);
    expect(revs).toEqual([70]);
  });
});
