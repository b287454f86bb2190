import type { ConversationRecord, ParticipantRecord } from "@tidings/core/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { StoredConversation } from "../rows.ts";
import { LoadedRows } from "./loaded-rows.ts";
import { Recollection } from "./recollection.ts";
import { Wanted } from "./wanted.ts";

const DAY_ONE = 1_000_000;

function stateOf(id: number): StoredConversation {
  const conversationId = String(id);
  const record: ConversationRecord = {
    ...{ type: "conversation", conversationId, rev: 1, kind: "group", status: "active" },
    ...{ settings: { typing: true, receipts: true }, createdBy: "ada", createdAt: 0 },
  };
  const head = { conversationId, rev: 1, seq: 0 };
  return { key: id, head, record, counts: { members: 1, owners: 1, pins: 0 }, activeAt: 0 };
}

function participantOf(id: number, userId: string): ParticipantRecord {
  const conversationId = String(id);
  return {
    ...{ type: "participant", conversationId, userId, rev: 1 },
    ...{ role: "member", status: "active", joinedAt: 0 },
  };
}

function wantedOf(id: number, userIds: readonly string[]): Wanted {
  const wanted = new Wanted();
  wanted.conversations.add(String(id));
  for (const userId of userIds) wanted.participant(String(id), userId);
  return wanted;
}

describe("what a node remembers of its conversations", () => {
  let nowMs: number;
  let recollection: Recollection;
  beforeEach(() => {
    nowMs = DAY_ONE;
    recollection = new Recollection(() => nowMs);
  });

  const learn = (id: number, ...userIds: readonly string[]): void => {
    const wanted = wantedOf(id, userIds);
    const rows = new LoadedRows();
    rows.expect(wanted);
    rows.addConversation(stateOf(id));
    for (const userId of userIds) rows.addParticipant(participantOf(id, userId));
    recollection.learn(wanted, rows);
  };
  const knows = (id: number, userId: string): boolean =>
    recollection.rowsFor(wantedOf(id, [userId])) !== undefined;

  it("is gone after five minutes, and is there again once it was read again", () => {
    learn(1, "ada");
    nowMs += 299_999;
    expect(knows(1, "ada")).toBe(true);
    nowMs += 1;
    expect(knows(1, "ada")).toBe(false);
    learn(1, "ada");
    expect(knows(1, "ada")).toBe(true);
  });

  it("is only what was of interest", () => {
    learn(1, "ada");
    learn(1, "bob");
    expect([knows(1, "ada"), knows(1, "bob"), knows(1, "cy"), knows(2, "ada")]).toEqual([
      ...[true, true, false, false],
    ]);
  });

  it("[D9] is no more than fifty thousand rows: then it begins anew", () => {
    learn(1, ...Array.from({ length: 49_999 }, (_, index) => `user ${index}`));
    expect(knows(1, "user 7")).toBe(true);
    learn(2, "ada");
    expect([knows(1, "user 7"), knows(2, "ada")]).toEqual([false, false]);
    learn(2, "ada");
    expect(knows(2, "ada")).toBe(true);
  });
});
