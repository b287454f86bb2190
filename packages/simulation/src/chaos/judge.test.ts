import type { MessageRecord } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { createChronicle } from "./chronicle.ts";
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
  const shown = messages.map(({ id }) => id);
  const verdict = (cached: readonly string[]) =>
    judge(chronicle, { messages }, new Map([["bob", { shown, cached, failed: [] }]]), new Map()).map(
      ({ type }) => type,
    );
  return { chronicle, shown, verdict };
}

describe("who judges a run", () => {
  it("[K8] wants all of a short history in a member's cache", () => {
    const { shown, verdict } = stage(5);
    expect([shown, shown.slice(1), []].map(verdict)).toEqual([[], ["cache"], ["cache"]]);
  });

  it("[K8] wants the newest thousand of a long one, no fewer and no more", () => {
    const { shown, verdict } = stage(1_200);
    const found = [1_000, 999, 1_001].map((count) => verdict(shown.slice(-count)));
    expect(found).toEqual([[], ["cache"], ["cache"]]);
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
