import type { StorageKey } from "@tidings/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundsOf, fromText, toKey, toName, toText } from "./text.ts";

const units = fc.constantFrom("\0", "\u0001", "\u0002", "\u0003", "a", "é", "\ud7fe", "\ud7ff", "\ud800", "\udc00", "\ue000", "\uffff"); // prettier-ignore
const keys = fc.array(
  fc.array(units, { maxLength: 3 }).map((all) => all.join("")),
  { maxLength: 3 },
);

/** As the contract says it. */
function compare(one: StorageKey, other: StorageKey): number {
  const index = one.findIndex((part, at) => part !== other[at]);
  if (index < 0 || index >= other.length) return Math.sign(one.length - other.length);
  return (one[index] ?? "") < (other[index] ?? "") ? -1 : 1;
}

describe("the name of a key", () => {
  const sign = (one: string, other: string): number => Number(one > other) - Number(one < other);

  it("sorts as the key does, in UTF-16 and in UTF-8, and leads back to it", () => {
    fc.assert(
      fc.property(keys, keys, (one, other) => {
        const [a, b] = [toName(one), toName(other)];
        expect(sign(a, b)).toBe(compare(one, other));
        expect(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))).toBe(compare(one, other));
        expect(toKey(a)).toEqual(one);
        expect(Buffer.from(a).toString()).toBe(a);
        expect(a).not.toContain("\0");
      }),
      { numRuns: 2_000 },
    );
  });

  it("lies within the bounds of whatever the key begins with, and of nothing else", () => {
    fc.assert(
      fc.property(keys, keys, (key, prefix) => {
        const [from, to] = boundsOf(prefix);
        const isWithin = prefix.every((part, index) => key[index] === part);
        expect(toName(key) >= from && toName(key) < to).toBe(isWithin);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** So that JSON tells of keys inside maps and of those without a value, too, and does not stumble over a bigint. */
function named(_key: string, value: unknown): unknown {
  if (typeof value === "bigint" || value === undefined) return "";
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

describe("the text of a value", () => {
  it("keeps types, also those JSON has not", () => {
    const value = {
      at: new Date(5),
      big: 1n,
      left: undefined,
      bytes: new Uint8Array([1]),
      sets: new Set([NaN]),
    };
    expect(fromText(toText(value))).toEqual(value);
    expect(fromText(toText(undefined))).toBeUndefined();
    const hostile = JSON.parse('{"__proto__":{"a":1}}');
    expect(() => toText(hostile)).toThrow("unable to write");
  });

  it("leads back to any value, whichever of the two forms it has", () => {
    const shapes = { withBigInt: true, withDate: true, withMap: true, withSet: true, withSparseArray: true };
    fc.assert(
      fc.property(fc.anything(shapes), (value) => {
        fc.pre(!JSON.stringify([value], named)?.includes("__proto__"));
        expect(fromText(toText(value))).toStrictEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is JSON for a record, and not for what JSON would change", () => {
    const record = { type: "message", seq: 1, content: { text: "\ud800" }, reactions: [{ emoji: "👍" }] };
    expect(toText(record)).toBe(JSON.stringify(record));
    for (const odd of [
      { a: -0 },
      { a: NaN },
      { a: undefined },
      { a: [undefined] },
      { a: Array(1) },
      { a: new Date(5) },
    ]) {
      expect(fromText(toText(odd))).toStrictEqual(odd);
    }
  });

  it("minds what refers to itself, and to one thing again and again", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const back: unknown = fromText(toText(circle));
    expect(Object(back).self).toBe(back);
    let laughs: unknown = "ha";
    for (let times = 0; times < 60; times += 1) laughs = { a: laughs, b: laughs };
    expect(toText(laughs).length).toBeLessThan(10_000);
  });

  it("is refused for what cannot be kept", () => {
    for (const value of [() => 1, Symbol("a"), new (class A {})(), Promise.resolve()]) {
      expect(() => toText(value)).toThrow(
        expect.objectContaining({ code: "storage/failed", retryable: false }),
      );
    }
  });
});
