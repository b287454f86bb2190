import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../protocol/policy.ts";
import type { TextRange } from "../protocol/records.ts";
import { linkify, type LinkifyOptions } from "./links.ts";
import type { Draft } from "./pipeline.ts";

const context = {
  conversationId: "a",
  limits: defaultPolicy.limits,
  signal: new AbortController().signal,
};

function ranges(draft: Draft, options?: LinkifyOptions): readonly TextRange[] {
  const result = linkify(options).run(draft, context);
  if ("then" in result || "issues" in result) throw new Error("linkifying neither waits nor refuses");
  expect(result.text).toBe(draft.text);
  return result.ranges ?? [];
}

/** What was found: type, the text it covers, and the value. */
const found = (text: string, options?: LinkifyOptions): readonly string[] =>
  ranges({ text }, options).map(
    ({ type, start, end, value }) => `${type} ${text.slice(start, end)} ${value}`,
  );

describe("linkifying", () => {
  it("finds links, addresses, mentions and hashtags, without the punctuation around them (rows F7, F8)", () => {
    expect(found("see https://a.example/x?y=1, (www.b.com/z) or ada@c.org!")).toEqual([
      "link https://a.example/x?y=1 https://a.example/x?y=1",
      "link www.b.com/z https://www.b.com/z",
      "link ada@c.org mailto:ada@c.org",
    ]);
    expect(found("@ada: #release, (@bo) #ünïcode")).toEqual([
      "mention @ada ada",
      "hashtag #release release",
      "mention @bo bo",
      "hashtag #ünïcode ünïcode",
    ]);
    expect(found("line one https://a.example\n@ada\tend")).toEqual([
      "link https://a.example https://a.example/",
      "mention @ada ada",
    ]);
  });

  it("finds nothing in ordinary text", () => {
    for (const text of ["", "hello", "a@b", "1.2.3", "@ @@ # #1 ##", "x#y", "e.g. this", "😀 👩‍👩‍👧"])
      expect(found(text)).toEqual([]);
  });

  it("makes no link of what could run, or reach elsewhere than the web and mail", () => {
    for (const text of [
      "javascript:alert(1)",
      "JAVASCRIPT:alert(1)",
      "javascript://a.example/%0aalert(1)",
      "data:text/html,<script>alert(1)</script>",
      "vbscript:x",
      "file:///etc/passwd",
      "ftp://a.example/x",
      "blob:https://a.example/1",
      "intent://scan/#Intent;end",
    ]) {
      const addresses = ranges({ text }).flatMap(({ type, value }) => (type === "link" ? [value] : []));
      expect(addresses.filter((value) => !/^(https?:\/\/|mailto:)/.test(value))).toEqual([]);
    }
    expect(found("ftp://a.example/x")).toEqual([]);
    expect(found("file:///etc/passwd")).toEqual([]);
  });

  it("makes no link that pretends to lead elsewhere", () => {
    for (const text of [
      "https://bank.example@evil.example/",
      "https://bank.example:443@evil.example/",
      "https://user:password@a.example",
      "https://аpple.com", // a Cyrillic а
      "pаypal.com",
      "https://www.gοogle.com", // a Greek ο
    ]) {
      expect(found(text).filter((each) => each.startsWith("link"))).toEqual([]);
    }
  });

  it("shows hosts in other alphabets as the browser will open them", () => {
    expect(found("https://münchen.de/ пример.рф")).toEqual([
      "link https://münchen.de/ https://xn--mnchen-3ya.de/",
      "link пример.рф https://xn--e1afmkfd.xn--p1ai/",
    ]);
  });

  it("asks the app whom a name means, and mentions nobody it does not know", () => {
    const userIdOf = (name: string): string | undefined => ({ ada: "user-7" })[name];
    expect(found("@ada and @nobody", { userIdOf })).toEqual(["mention @ada user-7"]);
  });

  it("knows everybody and the roles for groups, unless the app has others", () => {
    expect(found("@here @Moderators @admin @owners")).toEqual([
      "group @here here",
      "group @Moderators moderator",
      "mention @admin admin",
      "group @owners owner",
    ]);
    expect(found("@here @alle", { groupOf: (name) => (name === "alle" ? "here" : undefined) })).toEqual([
      "mention @here here",
      "group @alle here",
    ]);
  });

  it("keeps the draft's own ranges, and does not find anything on top of them", () => {
    const given: TextRange = { type: "mention", start: 3, end: 7, value: "user-7" };
    expect(ranges({ text: "hi @ada and @bo https://a.example", ranges: [given] })).toEqual([
      given,
      { type: "mention", start: 12, end: 15, value: "bo" },
      { type: "link", start: 16, end: 33, value: "https://a.example/" },
    ]);
    const draft: Draft = { text: "plain" };
    expect(linkify().run(draft, context)).toBe(draft);
  });

  it("[D9] finds a bounded number, in a bounded text, of a bounded length", () => {
    expect(ranges({ text: "@a ".repeat(3_000) }).length).toBe(500);
    expect(found(`${"x ".repeat(5_000)}@late`)).toEqual([]);
    expect(found(`https://a.example/${"x".repeat(3_000)}`)).toEqual([]);
    expect(found(`https://a.example/${"é".repeat(1_000)}`)).toEqual([]); // six bytes each in an address
  });

  it("copes with what takes linkifyjs quadratic time", () => {
    for (const unit of ["a.", "@", "#", "http://", "a@a.", "@a/", "(", "мир.", "https://a.b:"]) {
      ranges({ text: unit.repeat(100_000) }); // the runner would give up on it
    }
    expect(found(`${"(".repeat(2_040)}@ada ${"(".repeat(2_050)}@bo`)).toEqual(["mention @ada ada"]);
  });

  it("gives ranges in order, apart, within the text, whatever is written", () => {
    const part = fc.constantFrom(
      ...["@ada", "#tag", "https://a.example", "b.example/x", " ", "\n", "(", ")", ",", "://", "@", "#"],
      ...["ü", "👩‍👩‍👧", "javascript:", "x", ".", "?", "мир", "user:pw@", "\u202e", "\u200b"],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const text = parts.join("");
        let last = 0;
        for (const { start, end, value } of ranges({ text })) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(value).not.toMatch(/^javascript:/i);
          last = end;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
