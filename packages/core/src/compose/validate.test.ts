import { describe, expect, it } from "vitest";
import type { JsonObject } from "../base/json.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { ComposeContext, Draft, Refusal } from "./pipeline.ts";
import { validate } from "./validate.ts";

const context: ComposeContext = {
  conversationId: "a",
  limits: defaultPolicy.limits,
  signal: new AbortController().signal,
};

function run(draft: Draft): Draft | Refusal {
  const result = validate.run(draft, context);
  if ("then" in result) throw new Error("validating does not wait");
  return result;
}

describe("validating", () => {
  it("lets a draft that is in order through untouched (row D1)", () => {
    const draft: Draft = {
      text: "hi @ada",
      custom: { deep: [{ a: 1 }] },
      ranges: [{ type: "mention", start: 3, end: 7, value: "ada" }],
    };
    expect(run(draft)).toBe(draft);
    expect(run({ text: "x".repeat(10_000) })).toMatchObject({ text: expect.any(String) });
  });

  it("refuses a text in which there is nothing to see, with a suggestion (row D1)", () => {
    for (const text of ["", " \n\t", "\u200b\u200d", "\u2800\u2800", "\u3164", "\ufe0f", "\u200e"]) {
      expect(run({ text })).toEqual({
        ok: false,
        code: "draft/empty",
        issues: [
          {
            ...{ code: "draft/empty", part: "text" },
            ...{ message: expect.any(String), suggestion: expect.any(String) },
          },
        ],
      });
    }
    for (const text of [".", "👍", "\u0301", "\ue000"]) expect(run({ text })).not.toHaveProperty("issues");
  });

  it("takes pictures, films, sound and files without a text, and refuses a text, poll or announcement without (rows D1, F1)", () => {
    for (const kind of ["image", "video", "audio", "voice", "file"] as const) {
      expect(run({ text: "", kind })).not.toHaveProperty("issues");
    }
    for (const kind of ["text", "poll", "announcement"] as const) {
      expect(run({ text: "", kind })).toMatchObject({ code: "draft/empty" });
    }
  });

  it("refuses a text that is too long, with how long it is and may be (row D1)", () => {
    expect(run({ text: "x".repeat(10_023) })).toMatchObject({
      code: "draft/too-long",
      issues: [
        {
          code: "draft/too-long",
          part: "text",
          limit: 10_000,
          actual: 10_023,
          suggestion: "Shorten it by 23 characters.",
        },
      ],
    });
  });

  it("refuses custom data that is not JSON, or too deep or too wide for the wire (row D1)", () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const deep = JSON.parse(`${'{"a":'.repeat(20)}1${"}".repeat(20)}`);
    const array = [1];
    const wide = { list: Array.from({ length: 2_000 }, () => 0) };
    for (const custom of [circular, deep, wide, array, { at: undefined }, { go: () => {} }, { n: NaN }]) {
      expect(run({ text: "x", custom: custom as JsonObject })).toMatchObject({
        code: "draft/invalid",
        issues: [{ part: "custom" }],
      });
    }
  });

  it("refuses links and mentions that lie outside the text (row D1)", () => {
    for (const [start, end] of [
      [-1, 1],
      [0, 0],
      [1, 0],
      [0, 4],
      [3, 4],
    ] as const) {
      const ranges = [{ type: "link", start, end, value: "https://a.example/" } as const];
      expect(run({ text: "abc", ranges })).toMatchObject({
        code: "draft/invalid",
        issues: [{ part: "ranges" }],
      });
    }
  });

  it("refuses a message that would not fit a frame, counted in bytes as they travel (row D1)", () => {
    expect(run({ text: "x", custom: { a: "x".repeat(70_000) } })).toMatchObject({
      code: "draft/too-long",
      issues: [{ limit: 65_536 - 1_024, actual: expect.any(Number) }],
    });
    expect(run({ text: "x", custom: { a: "x".repeat(70_000) } })).not.toHaveProperty("issues.0.part");
    const limits = { ...context.limits, frameBytes: 1_024 + 11 + 40 };
    const fits = (text: string): boolean => !("issues" in validate.run({ text }, { ...context, limits }));
    expect(["x".repeat(40), "é".repeat(20), "👩".repeat(10), "€".repeat(13)].map(fits)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["x".repeat(41), "é".repeat(21), "👩".repeat(11), "€".repeat(14)].map(fits)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("names everything that is wrong with a draft at once (row D1)", () => {
    const refusal = run({ text: "", custom: { n: NaN } });
    expect("issues" in refusal && refusal.issues.map(({ code }) => code)).toEqual([
      "draft/empty",
      "draft/invalid",
    ]);
  });
});
