import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../../test/any-text.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { normalise } from "./normalise.ts";
import type { ComposeContext, Draft, Refusal } from "./pipeline.ts";

const context: ComposeContext = {
  conversationId: "a",
  limits: defaultPolicy.limits,
  signal: new AbortController().signal,
};

function run(draft: Draft): Draft {
  const result: Draft | Refusal | Promise<Draft | Refusal> = normalise.run(draft, context);
  if ("then" in result || "issues" in result) throw new Error("normalising neither waits nor refuses");
  return result;
}
const text = (before: string): string => run({ text: before }).text;

/** Characters that make trouble, among others. */
const nasty = fc.constantFrom(
  ..."\u200b \u200c \u200d \ufe0f \ufe0e \u202e \u2066 \u200e \u200f \u061c \u00ad \ufeff \u0301 \u034f \r \n \t \0 \u0007".split(
    " ",
  ),
  ..."\ud83d \udc69 👩 🏽 ❤ 🏴 \u{e0067} \u{e007f} \u{e0100} e ﬁ é ک क ् क़ Å \u2028 \u3164 \u180b \ufff9 가 ᄀ ᅡ".split(
    " ",
  ),
  " ",
  "\u00a0",
);
const nastyText = fc.array(nasty, { maxLength: 40 }).map((parts) => parts.join(""));

describe("normalising", () => {
  it("does nothing more when done twice", () => {
    fc.assert(
      fc.property(fc.oneof(nastyText, anyText), (before) => {
        const once = text(before);
        expect(text(once)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves well-formed text in NFC with LF, trimmed, without control characters or bidi overrides", () => {
    fc.assert(
      fc.property(nastyText, (before) => {
        const after = text(before);
        expect(after).toBe(after.normalize("NFC").trim());
        expect(after).not.toMatch(
          /(?![\t\n])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2060-\u2069\u200b\ufeff]|\p{Cs}/u,
        );
      }),
      { numRuns: 500 },
    );
  });

  it("keeps what people write", () => {
    for (const kept of [
      "hello **world**\n\tcode",
      "👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 🏴‍☠️ ❤️‍🔥 👁️‍🗨️ 🏃🏽‍♀️‍➡️ 👨‍🦰 1️⃣ 🇩🇪 ☎︎",
      "🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
      "می‌خواهم", // Persian: a non-joiner spells the word
      "क्‍ष क्‌ष", // Devanagari: joiner and non-joiner
      "ශ්‍රී ලංකා",
      "אבג \u200eC++\u200e דהו", // marks that keep "C++" in order
      "葛\u{e0100}城", // an ideographic variation
      "Zażółć gęślą jaźń — “quotes” … ¿qué?",
    ]) {
      expect(text(kept)).toBe(kept);
    }
  });

  it("takes out what hides", () => {
    expect(text("pay\u200bpal")).toBe("paypal");
    expect(text("a\u200cb\u200dc\u2060d\ufeffe\u00adf\u034fg")).toBe("abcdefg");
    expect(text("user\u202egnp.exe")).toBe("usergnp.exe");
    expect(text("\u2066if\u2069 \u2067x\u2069")).toBe("if x");
    expect(text("a\0b\u0007c\u001bd\u0085e")).toBe("abcde");
    expect(text("👩\u200dx \u200d👩")).toBe("👩x 👩");
    expect(text("x" + "\ufe0f".repeat(100))).toBe("x\ufe0f");
    expect(text("🏴" + "\u{e0041}".repeat(50) + "hi")).toBe("🏴hi");
    expect(text("hidden\u{e0068}\u{e0069}")).toBe("hidden");
    expect(text("می\u200c\u200c\u200cخواهم")).toBe("می\u200cخواهم");
    expect(text("\u200e\u200f\u200e\u200fx")).toBe("\u200fx");
  });

  it("brings text into one form", () => {
    expect(text("a\r\nb\rc\u2028d\u2029e")).toBe("a\nb\nc\nd\ne");
    expect(text("e\u0301")).toBe("é");
    expect(text("e\u200b\u0301")).toBe("é"); // joined by what was between them
    expect(text(" \n\u00a0 hi \t\n")).toBe("hi");
    expect(text("a\ud83d")).toBe("a\ufffd");
  });

  it("moves ranges with their text, and drops those whose text did not survive", () => {
    const before = " \u200bhi @a\u200bda and @bo\u200b, \r\n@cy ";
    const range = (name: string): NonNullable<Draft["ranges"]>[number] => {
      const start = before.indexOf(name);
      return { type: "mention", start, end: start + name.length, value: name };
    };
    const gone = { type: "link", start: 1, end: 2, value: "gone" } as const;
    const after = run({ text: before, ranges: [gone, range("@a\u200bda"), range("@bo"), range("@cy")] });
    expect(after.text).toBe("hi @ada and @bo, \n@cy");
    expect(after.ranges?.map(({ start, end }) => after.text.slice(start, end))).toEqual([
      "@ada",
      "@bo",
      "@cy",
    ]);
  });

  it("drops ranges that lay in what was trimmed", () => {
    const ranges = [{ type: "link", start: 0, end: 1, value: "x" }] as const;
    expect(run({ text: "  a b c", ranges }).ranges).toEqual([]);
  });

  it("keeps ranges true whatever surrounds them", () => {
    fc.assert(
      fc.property(nastyText, nastyText, (left, right) => {
        const start = left.length;
        const after = run({
          text: `${left} @ada ${right}`,
          ranges: [{ type: "mention", start: start + 1, end: start + 5, value: "ada" }],
        });
        expect(after.ranges?.map((each) => after.text.slice(each.start, each.end))).toEqual(["@ada"]);
      }),
    );
  });

  it("leaves everything else of a draft as it is", () => {
    const draft: Draft = { text: " x ", kind: "file", custom: { a: " y " }, replyTo: "m1" };
    expect(run(draft)).toEqual({ ...draft, text: "x" });
  });

  it("copes with long runs of what it takes out", () => {
    for (const unit of [
      "\u200e\u200b",
      "👩\u200d",
      "ک\u200c\u200b",
      "x\ufe0f\ufe0f",
      "\r\r\n",
      "🏴\u{e0067}",
    ]) {
      const once = text(`a${unit.repeat(20_000)}z`); // were it quadratic, the runner would give up on it
      expect(text(once)).toBe(once);
    }
  });
});
