import type { MessageItem, TimelineItem } from "@tidings/core";
import { describe, expect, it } from "vitest";
import { isSameRow, rowsOf } from "../page/rows.js";

const noon = new Date(2026, 4, 4, 12).getTime();
const MINUTE_MS = 60_000;

function said(seq: number, authorId: string, minutes: number, replyTo?: string): MessageItem {
  const at = noon + minutes * MINUTE_MS;
  return {
    type: "message",
    key: `m${seq}`,
    status: "sent",
    own: authorId === "ada",
    pending: false,
    error: undefined,
    message: {
      type: "message",
      id: `m${seq}`,
      conversationId: "general",
      rev: seq,
      seq,
      kind: "text",
      authorId,
      content: { text: "" },
      sentAt: at,
      createdAt: at,
      version: 0,
      reactions: [],
      ...(replyTo !== undefined && { replyTo }),
    },
  };
}

const typesOf = (items: readonly TimelineItem[], seenSeq: number): readonly string[] =>
  rowsOf(items, seenSeq, () => undefined).map(({ type }) => type);

describe("rowsOf", () => {
  it("puts a day before the first message of each", () => {
    const items = [said(1, "ada", 0), said(2, "ada", 1), said(3, "ada", 24 * 60)];
    expect(typesOf(items, 3)).toEqual(["day", "message", "message", "day", "message"]);
  });

  it("marks once what is new, and never one's own", () => {
    const items = [said(1, "grace", 0), said(2, "ada", 1), said(3, "grace", 2), said(4, "grace", 3)];
    expect(typesOf(items, 1)).toEqual(["day", "message", "message", "unread", "message", "message"]);
    expect(typesOf(items, 4)).not.toContain("unread");
  });

  it("says how many messages a hole stands for", () => {
    const items = [
      said(1, "ada", 0),
      { type: "hole", key: "hole-2", fromSeq: 2, toSeq: 13 } as const,
      said(14, "ada", 9),
    ];
    const hole = rowsOf(items, 14, () => undefined).find(({ type }) => type === "hole");
    expect(hole).toMatchObject({ text: "12 messages not loaded" });
  });

  it("groups what one person says without a pause", () => {
    const items = [said(1, "ada", 0), said(2, "ada", 1), said(3, "ada", 30), said(4, "grace", 31)];
    const rows = rowsOf(items, 4, () => undefined).flatMap((row) => (row.type === "message" ? [row] : []));
    expect(rows.map(({ isFirst }) => isFirst)).toEqual([true, false, true, true]);
    expect(rows.map(({ isLast }) => isLast)).toEqual([false, true, true, true]);
  });

  it("draws an answer again when what it answers has changed", () => {
    const items = [said(2, "grace", 0, "m1")];
    const [, before] = rowsOf(items, 2, () => said(1, "ada", 0).message);
    const [, after] = rowsOf(items, 2, () => said(1, "ada", 0).message);
    if (!before || !after) throw new Error("unable to compare; a row is missing");
    expect(isSameRow(before, before)).toBe(true);
    expect(isSameRow(before, after)).toBe(false);
  });
});
