import type { MessageRecord } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { createChronicle } from "./chronicle.ts";
import { faceOf } from "./face.ts";
import { judge } from "./judge.ts";

/** So many messages of Ada's, and what everybody else knows of them. */
function stage(count: number) {
  const messages = Array.from({ length: count }, (_, index): MessageRecord => {
    const id = `${index + 1}`;
    return {
      ...({ type: "message", kind: "text", id, conversationId: "room", authorId: "ada" } as const),
      ...{ seq: index + 1, rev: index + 1, version: 1, createdAt: 0, sentAt: 0, reactions: [] },
      content: { text: `ada 1 ${index}` },
    };
  });
  const chronicle = createChronicle();
  for (const { id } of messages)
    chronicle.hear("ada", { type: "promised", id, text: `ada 1 ${Number(id) - 1}` });
  const shown = messages.map((message) => faceOf(message));
  const notes = { hidden: [], blocked: [], planned: [] };
  const verdict = (stored: readonly string[], seen: readonly string[] = shown) => {
    const state = { messages: seen, notes, failed: [], read: [], stored: { messages: stored, notes } };
    return judge(chronicle, { messages }, new Map([["bob", state]]), new Map()).map(({ type }) => type);
  };
  return { chronicle, messages, shown, verdict };
}

describe("who judges a run", () => {
  it("[K8] wants all of a short history in a member's cache", () => {
    const { shown, verdict } = stage(5);
    expect([shown, shown.slice(1), []].map((stored) => verdict(stored))).toEqual([[], ["cache"], ["cache"]]);
  });

  it("[K8] wants the newest thousand of a long one, no fewer and no more", () => {
    const { shown, verdict } = stage(1_200);
    const found = [1_000, 999, 1_001].map((count) => verdict(shown.slice(-count)));
    expect(found).toEqual([[], ["cache"], ["cache"]]);
  });

  it("[D3] wants every message to look the same everywhere, on screens and on disks", () => {
    const { messages, shown, verdict } = stage(2);
    const [first, second] = messages;
    if (!first || !second) throw new Error("there are two");
    const others = [
      { ...first, content: { text: "another" } },
      { ...first, reactions: [{ emoji: "👍", count: 1, userIds: ["bob"] }] },
      { ...first, pinnedBy: "bob" },
      { ...first, rev: 7 },
    ].map((message) => faceOf(message));
    for (const other of [...others, faceOf(first, true)]) {
      expect(verdict(shown, [other, faceOf(second)])).toEqual(["unlike the server"]);
      expect(verdict([other, faceOf(second)])).toEqual(["cache"]);
    }
  });

  it("[D1] promises nothing of what a full disk has refused, and wants it nowhere", () => {
    const { chronicle, shown, verdict } = stage(2);
    chronicle.hear("bob", { type: "refused", text: "bob 1 0", code: "storage/full" });
    expect(verdict(shown)).toEqual([]);
    chronicle.hear("ada", { type: "refused", text: "ada 1 1", code: "storage/full" });
    expect(verdict(shown)).toEqual(["invented"]);
  });

  it("[D1] takes a refusal for any other reason for a defect", () => {
    const { chronicle, shown, verdict } = stage(1);
    chronicle.hear("bob", { type: "refused", text: "bob 1 0", code: "storage/failed" });
    expect(verdict(shown)).toEqual(["defect"]);
  });
});
