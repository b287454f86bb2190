import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../../test/any-text.ts";
import type { MessageRecord, TextRange } from "../protocol/records.ts";
import type { SearchFilter } from "../protocol/search.ts";
import { highlightsIn, hitOf, searchableOf, searchPlan, searchTerms } from "./search.ts";
import { wordsIn } from "./words.ts";

const words = (text: string): readonly string[] => wordsIn(text).map(({ text: word }) => word);
const message = (text: string, more: Partial<MessageRecord> = {}): MessageRecord => ({
  ...{ type: "message", id: "m", conversationId: "a", rev: 1, seq: 1, kind: "text", authorId: "ada" },
  ...{ content: { text }, sentAt: 0, createdAt: 5, version: 0, reactions: [] },
  ...more,
});
const self = { userId: "bob", role: "member" } as const;
/** What is highlighted; undefined if it is not found. */
const found = (text: string, filter: SearchFilter | string): readonly string[] | undefined =>
  hitOf(message(text), typeof filter === "string" ? { text: filter } : filter, self)?.highlights.map(
    ({ start, end }) => text.slice(start, end),
  );

const sound = /^[\p{L}\p{N}\p{M}\p{ExtPict}]+$/u;

describe("words of a text", () => {
  it("are what stands between spaces and signs, whatever the capitals, accents and points", () => {
    expect(words("Crème BRÛLÉE, snake_case; don't 3.14")).toEqual(
      "creme brulee snake case don t 3 14".split(" "),
    );
    expect(words("Straße ΟΔΟΣ οδός İstanbul ﬁne")).toEqual("strasse οδοσ οδοσ istanbul fine".split(" "));
    expect(words("שָׁלוֹם مُحَمَّد हिन्दी")).toEqual(["שלום", "محمد", "हिन्दी"]);
    expect(words("⑴ ½ a㈠")).toEqual(["1", "12", "a", "一"]);
    expect(words("\ufdfa")).toEqual(["صلىاللهعليهوسلم"]);
    expect(words("ok 👍🏽 🎉!")).toEqual(["ok", "👍", "🎉"]);
    expect(words(" … !? \u0301")).toEqual([]);
  });

  it("are two neighbours each where a script puts no spaces, and the last one alone", () => {
    expect(words("東京都へ go京")).toEqual(["東京", "京都", "都へ", "へ", "go", "京"]);
  });

  it("are cut where they are too long, never within a character", () => {
    expect(words("a".repeat(100))).toEqual(["a".repeat(64)]);
    expect(words(`${"a".repeat(63)}𝒳`)).toEqual(["a".repeat(63)]);
  });

  it("lie in the text, in order, and hold nothing a query language knows", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let last = 0;
        const strays = wordsIn(text).filter(({ start, end, headEnd, text: word }) => {
          const isInOrder = last <= start && start < headEnd && headEnd <= end && end <= text.length;
          last = start;
          return !isInOrder || !sound.test(word);
        });
        expect(strays).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a search", () => {
  it("wants every word, and of the last one the beginning", () => {
    expect(found("the crème de la crème", "CREME d")).toEqual(undefined);
    expect(found("the crème de la crème", "CREME de")).toEqual(["crème", "de", "crème"]);
    expect(found("deploying failed", "fail")).toEqual(["failed"]);
    expect(found("deploying failed", "deploy failed")).toBe(undefined);
    expect(found("deploying failed", "fail deploy")).toBe(undefined);
    expect(found("x", "x")).toEqual(["x"]);
    expect(found("xy", "x")).toBe(undefined);
  });

  it("finds neighbours of a script without spaces where they stand together, and one wherever it stands", () => {
    expect(found("東京都", "京都")).toEqual(["京都"]);
    expect(found("東京都", "都京")).toBe(undefined);
    expect(found("東京都", "東")).toEqual(["東"]);
    expect(found("東京都", "都")).toEqual(["都"]);
    expect(found("東京都", "東京都")).toEqual(["東京都"]);
  });

  it("finds nothing for nothing, nor for place and time alone", () => {
    for (const filter of [{}, { text: "" }, { text: "?!" }, { text: "?!", mentionsMe: true }])
      expect(searchPlan(filter, "bob")).toBe(undefined);
    expect(searchPlan({ conversationId: "a", since: 1, until: 2 }, "bob")).toBe(undefined);
    expect(searchPlan({ text: " ", mentionsMe: true }, "bob")).not.toBe(undefined);
  });

  it("[D9] counts so many words, of so many characters, and marks so many places", () => {
    expect(searchTerms("a b c d e f g h i j k l")).toHaveLength(10);
    expect(hitOf(message("x ".repeat(1_000)), { text: "x" }, self)?.highlights).toHaveLength(64);
    expect(searchableOf(message("", { authorId: "a".repeat(300) }))?.marks[0]).toHaveLength(256);
  });

  it("goes by author, place, time, features, tags, and whom a message means", () => {
    const ranges: readonly TextRange[] = [
      { type: "link", start: 0, end: 1, value: "https://a.example/" },
      { type: "hashtag", start: 2, end: 3, value: "Café" },
      { type: "group", start: 4, end: 5, value: "moderator" },
    ];
    const full = message("", { content: { text: "l t g m", ranges }, kind: "image" });
    const isFound = (filter: SearchFilter, reader: Parameters<typeof hitOf>[2] = self): boolean =>
      hitOf(full, { has: ["link", "file"], ...filter }, reader) !== undefined;
    expect(isFound({ authorId: "ada", since: 5, until: 6, conversationId: "a", hashtag: "CAFE" })).toBe(true);
    for (const other of [{ authorId: "al" }, { since: 6 }, { until: 5 }, { conversationId: "b" }])
      expect(isFound(other)).toBe(false);
    expect(isFound({ hashtag: "caf" })).toBe(false);
    expect(isFound({ mentionsMe: true })).toBe(false);
    expect(isFound({ mentionsMe: true }, { userId: "bob", role: "moderator" })).toBe(true);
    const said = (type: TextRange["type"], value: string): MessageRecord =>
      message("", { content: { text: "m", ranges: [{ type, start: 0, end: 1, value }] } });
    expect(hitOf(said("mention", "bob"), { mentionsMe: true }, self)).not.toBe(undefined);
    expect(hitOf(said("mention", "bo"), { mentionsMe: true }, self)).toBe(undefined);
    expect(hitOf(said("group", "here"), { mentionsMe: true }, self)).not.toBe(undefined);
    expect(hitOf(said("link", "bob"), { mentionsMe: true }, self)).toBe(undefined);
  });

  it("finds nothing of a deleted message, and of a sealed one who said it", () => {
    expect(searchableOf(message("gone", { deletedAt: 1 }))).toBe(undefined);
    const sealed = message("", { content: { sealed: "secret", scheme: "x" } });
    expect(searchableOf(sealed)).toEqual({ words: [], marks: ["by:ada"] });
    expect(hitOf(sealed, { authorId: "ada" }, self)?.highlights).toEqual([]);
  });

  it("highlights in order, apart, within the text, whatever is written", () => {
    fc.assert(
      fc.property(anyText, fc.string(), (text, query) => {
        let last = 0;
        const places = highlightsIn(text + query, searchTerms(query)) ?? [];
        const strays = places.filter(({ start, end }) => {
          const isInOrder = last <= start && start < end && end <= text.length + query.length;
          last = end;
          return !isInOrder;
        });
        expect(strays).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
