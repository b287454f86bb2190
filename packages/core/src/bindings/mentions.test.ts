import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TextRange } from "../protocol/records.ts";
import { completeMention, mentionAt, moveRanges } from "./mentions.ts";

const mention = (start: number, end: number): TextRange => ({ type: "mention", start, end, value: "u1" });

describe("a mention being written", () => {
  it("is found behind the caret, from the @ on", () => {
    expect(mentionAt("@", 1)).toEqual({ start: 0, end: 1, query: "", sign: "@" });
    expect(mentionAt("hi @ad and", 6)).toEqual({ start: 3, end: 6, query: "ad", sign: "@" });
    expect(mentionAt("on #rel", 7)).toEqual({ start: 3, end: 7, query: "rel", sign: "#" });
    expect(mentionAt("(@Zoë", 5)?.query).toBe("Zoë");
  });

  it("is none in an address, behind a space, or when it is longer than any name", () => {
    expect(mentionAt("ada@example", 11)).toBeUndefined();
    expect(mentionAt("@@a", 3)).toBeUndefined();
    expect(mentionAt("https://a.example/#top", 22)).toBeUndefined();
    expect(mentionAt("@ada ", 5)).toBeUndefined();
    expect(mentionAt(`@${"x".repeat(41)}`, 42)).toBeUndefined();
  });

  it("is completed with a range over the name and the caret behind the space", () => {
    const start = { text: "hi @ad", ranges: [] };
    const found = mentionAt(start.text, 6);
    const done = completeMention(start, found ?? { start: 0, end: 0, query: "", sign: "@" }, {
      value: "u1",
      label: "Ada L",
    });
    expect(done).toEqual({ text: "hi @Ada L ", ranges: [mention(3, 9)], caret: 10 });
  });

  it("may be a group, or a tag", () => {
    const at = { start: 0, end: 2, query: "a" } as const;
    const done = completeMention(
      { text: "@a", ranges: [] },
      { ...at, sign: "@" },
      { type: "group", value: "admin", label: "admins" },
    );
    expect(done).toMatchObject({ text: "@admins ", ranges: [{ type: "group", value: "admin", end: 7 }] });
    const tagged = completeMention({ text: "#a", ranges: [] }, { ...at, sign: "#" }, { value: "all" });
    expect(tagged).toMatchObject({ text: "#all ", ranges: [{ type: "hashtag", value: "all", end: 4 }] });
  });

  it("may be an emoji by its name, two letters of it at least, and becomes text", () => {
    expect(mentionAt("well :sm", 8)).toEqual({ start: 5, end: 8, query: "sm", sign: ":" });
    expect(mentionAt("(:+1", 4)?.query).toBe("+1");
    for (const text of [":s", ":D", ":-)", "10:30", "note:this", "https://a.example", "::sm", ":Sm", ":sm "])
      expect([text, mentionAt(text, text.length)]).toEqual([text, undefined]);
    const ranges = [mention(0, 2), mention(11, 13)];
    const done = completeMention(
      { text: "@a is :smi @b", ranges },
      { start: 6, end: 10, query: "smi", sign: ":" },
      { value: "😄", label: "smile" },
    );
    expect(done).toEqual({ text: "@a is 😄 @b", ranges: [mention(0, 2), mention(9, 11)], caret: 9 });
  });

  it("does not write a second space", () => {
    const done = completeMention(
      { text: "@a b", ranges: [] },
      { start: 0, end: 2, query: "a", sign: "@" },
      { value: "ada" },
    );
    expect(done).toMatchObject({ text: "@ada b", caret: 5 });
  });
});

describe("ranges under an edited text", () => {
  it("stay, move, or go with their own text", () => {
    const ranges = [mention(0, 4), mention(5, 8)];
    expect(moveRanges(ranges, "@ada @bo", "@ada, @bo")).toEqual([mention(0, 4), mention(6, 9)]);
    expect(moveRanges(ranges, "@ada @bo", "@aa @bo")).toEqual([mention(4, 7)]);
    expect(moveRanges(ranges, "@ada @bo", "")).toEqual([]);
  });

  it("cover the same characters after any insertion or deletion that leaves them whole", () => {
    const text = fc.stringMatching(/^[ab ]{0,12}$/);
    fc.assert(
      fc.property(text, text, text, fc.nat(12), (left, right, typed, cut) => {
        const before = `${left}@ada${right}`;
        const [range] = [mention(left.length, left.length + 4)];
        const after = typed + left.slice(Math.min(cut, left.length)) + `@ada${right}`;
        for (const moved of moveRanges([range], before, after)) {
          expect(after.slice(moved.start, moved.end)).toBe("@ada");
        }
      }),
    );
  });
});
