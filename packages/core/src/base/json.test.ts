import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonWithin, soundText } from "./json.ts";

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

describe("isJsonWithin", () => {
  it("takes every value JSON can say", () => {
    const value = { a: [1, -0.5, "x", true, null, {}], b: { c: [] } };
    expect(isJsonWithin(value, 8, 100)).toBe(true);
    for (const plain of [null, "", 0, false, [], {}]) expect(isJsonWithin(plain, 0 + 1, 1)).toBe(true);
  });

  it("refuses what JSON cannot say, or would say differently", () => {
    class Point {
      x = 1;
    }
    const strange = [
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      Symbol("s"),
      () => 1,
      new Date(0),
      new Map(),
      new Set([1]),
      new Uint8Array(1),
      new Point(),
      Object("boxed"),
      { a: undefined },
    ];
    expect(strange.filter((value) => isJsonWithin([value], 8, 100))).toEqual([]);
  });

  it("takes plain objects without a prototype, as other realms and parsers make them", () => {
    expect(isJsonWithin(Object.assign(Object.create(null), { a: 1 }), 8, 100)).toBe(true);
  });

  it("[D9] counts depth: a list inside a list is two deep", () => {
    expect(isJsonWithin(nested(8), 8, 100)).toBe(true);
    expect(isJsonWithin(nested(9), 8, 100)).toBe(false);
    expect(isJsonWithin(nested(100_000), 8, 1_000)).toBe(false);
  });

  it("[D9] counts values, the outermost included", () => {
    expect(isJsonWithin([1, 2, 3], 8, 4)).toBe(true);
    expect(isJsonWithin([1, 2, 3], 8, 3)).toBe(false);
  });

  it("ends on an object that contains itself", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    expect(isJsonWithin(loop, 8, 1_000)).toBe(false);
  });

  it("refuses a key that would set a prototype when copied", () => {
    expect(isJsonWithin(JSON.parse('{"__proto__":{"isAdmin":true}}'), 8, 100)).toBe(false);
    expect(isJsonWithin(JSON.parse('{"a":[{"__proto__":1}]}'), 8, 100)).toBe(false);
    expect(isJsonWithin(JSON.parse('{"constructor":1,"prototype":2}'), 8, 100)).toBe(true);
  });

  it("refuses unsound text, in values and in keys", () => {
    const unsound = ["\ud800", "a\udfff", "\udc00\ud800", "\0", "a\0b"];
    expect(unsound.filter((text) => isJsonWithin(text, 8, 100))).toEqual([]);
    expect(unsound.filter((text) => isJsonWithin({ [text]: 1 }, 8, 100))).toEqual([]);
  });

  it("agrees with JSON: whatever it takes comes back equal from text", () => {
    const anything = fc.anything({ withDate: true, withMap: true, withBigInt: true });
    const taken = anything.filter((value) => isJsonWithin(value, 8, 1_000));
    fc.assert(
      fc.property(taken, (value) => {
        expect(JSON.stringify(JSON.parse(JSON.stringify(value)))).toBe(JSON.stringify(value));
      }),
      { numRuns: 300 },
    );
  });
});

describe("soundText", () => {
  it("takes every well-formed text, line ends and whole surrogate pairs included", () => {
    for (const text of ["", "a\r\n\tb", "\u{1f600}", "\u2028\ufffd\u202e"])
      expect(soundText.test(text)).toBe(true);
  });
});
