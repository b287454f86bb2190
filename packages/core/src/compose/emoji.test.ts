import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../protocol/policy.ts";
import { emoji as wireEmoji } from "../protocol/record-schemas.ts";
import { emojiNamed, emojiOf, isEmoji, isOnlyEmoji, shortcodes } from "./emoji.ts";
import type { Draft } from "./pipeline.ts";

const context = { conversationId: "a", limits: defaultPolicy.limits, signal: new AbortController().signal };
const run = (draft: Draft): unknown => shortcodes.run(draft, context);

describe("emoji", () => {
  it("are told from letters, digits and signs, whatever they are made of (row D6)", () => {
    for (const emoji of ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "1️⃣", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]) {
      expect([emoji, isEmoji(emoji)]).toEqual([emoji, true]);
      expect([emoji, wireEmoji.safeParse(emoji).success]).toEqual([emoji, true]); // the wire takes it as a reaction
    }
    for (const other of ["", "a", "1", "#", "😀😀", "😀 ", "<b>", "👨‍x", "x😀", "🇩", "é"])
      expect([other, isEmoji(other)]).toEqual([other, false]);
    expect([isOnlyEmoji("👍 🎉"), isOnlyEmoji("👍🎉🚀😀"), isOnlyEmoji("👍 ok"), isOnlyEmoji(" ")]).toEqual([
      ...[true, false, false, false],
    ]);
    expect(isOnlyEmoji("👍".repeat(4), 4)).toBe(true);
  });

  it("have names, found by how they begin and then by what is in them (row F13)", () => {
    expect([emojiOf("tada"), emojiOf("+1"), emojiOf("TADA"), emojiOf("constructor")]).toEqual([
      "🎉",
      "👍",
      "🎉",
      undefined,
    ]);
    const found = emojiNamed("heart", 50);
    expect(found[0]).toEqual({ emoji: "❤️", name: "heart" });
    expect(found.map(({ name }) => name)).toContain("broken_heart");
    expect(new Set(found.map(({ emoji }) => emoji)).size).toBe(found.length);
    expect([emojiNamed(""), emojiNamed("no such thing"), emojiNamed("a", 3).length]).toEqual([[], [], 3]);
  });

  it("are written by their names, but in code, and ranges move along (row F13)", () => {
    const text = "hi :tada: @ada :nothing: `:tada:` :+1: 10:30:15 ::tada::";
    const ranges = [
      { type: "mention", start: 10, end: 14, value: "ada" },
      { type: "link", start: 15, end: 33, value: "https://a.example/" },
    ] as const;
    const result = run({ text, ranges, replyTo: "m" });
    expect(result).toEqual({
      text: "hi 🎉 @ada :nothing: `:tada:` 👍 10:30:15 :🎉:",
      ranges: [
        { type: "mention", start: 6, end: 10, value: "ada" },
        { type: "link", start: 11, end: 29, value: "https://a.example/" },
      ],
      replyTo: "m",
    });
    expect(run({ text: "```\n:tada:\n``` :tada: ```:tada:" })).toEqual({
      text: "```\n:tada:\n``` 🎉 ```:tada:",
    });
    const within = { type: "link", start: 0, end: 9, value: "x" } as const;
    expect(run({ text: "a :tada: b", ranges: [within] })).toEqual({ text: "a 🎉 b", ranges: [] });
    for (const draft of [{ text: "plain" }, { text: "a: b: c" }]) expect(run(draft)).toBe(draft);
  });

  it("copes with what is long", () => {
    for (const unit of [":q ", "`:", "```:", ":"]) {
      const draft = { text: unit.repeat(20_000) };
      expect(run(draft)).toBe(draft);
    }
    expect(run({ text: ":tada:".repeat(20_000) })).toEqual({ text: "🎉".repeat(20_000) });
  });
});
