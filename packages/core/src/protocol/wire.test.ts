import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goldenFrames, type Side } from "../../test/frames/index.ts";
import { clientFrame, serverFrame } from "./frames.ts";
import { queryResults, type QueryType } from "./queries.ts";
import type { Schema } from "./schema.ts";
import { clientWire, serverWire } from "./wire-table.ts";
import { createReaders, Fault, type Reader, type Shape } from "./wire.ts";

const readers = {
  client: createReaders(clientWire)("frame"),
  server: createReaders(serverWire)("frame"),
};
const schemas: Record<Side, Schema<unknown>> = { client: clientFrame, server: serverFrame };

/** The schema's verdict and the table's, to be compared. */
function verdicts(schema: Schema<unknown>, read: Reader, value: unknown): readonly [unknown, unknown] {
  const parsed = schema.safeParse(value);
  const found = read(value);
  return [
    parsed.success ? { is: parsed.data } : "refused",
    found instanceof Fault ? "refused" : { is: found },
  ];
}

/** Values that have broken parsers before. */
const nasty = fc.constantFrom<unknown>(
  ...[null, true, "", "x", "\0", "\ud800", "🎉", "__proto__", "constructor", "x".repeat(200_001)],
  // One code point is two units: the bounds of ids and names, met and missed.
  ...[64, 65, 128, 129, 256, 257, 100_000, 100_001].map((points) => "🎉".repeat(points)),
  ...[0, -1, -0, 0.5, 1e21, 2 ** 53, Number.MAX_SAFE_INTEGER],
  ...[
    [],
    {},
    [[]],
    [null],
    { type: "message" },
    { text: 1 },
    { type: {} },
    JSON.parse('{"__proto__":{"a":1}}'),
  ],
  ...[Array.from({ length: 1_002 }, () => "a"), { text: "x", sealed: "y", scheme: "z" }],
);

/** Changes one place of a JSON value, chosen by `picks`: replaced, removed, or something added beside it. */
function mutate(value: unknown, picks: readonly number[], replacement: unknown, how: number): unknown {
  const [pick = 0, ...others] = picks;
  if (typeof value !== "object" || value === null) return replacement;
  const keys = Object.keys(value);
  const key = keys[pick % Math.max(1, keys.length)];
  if (key === undefined) return replacement;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  if (others.length > 0) return put(copy, key, mutate(Object(value)[key], others, replacement, how));
  if (how === 0) return put(copy, key, replacement);
  if (how === 1) return put(copy, "surplus", replacement);
  if (!Array.isArray(copy)) delete copy[key];
  return copy;
}

function put(target: object, key: string, value: unknown): object {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  return target;
}

interface Mutation {
  readonly picks: readonly number[];
  readonly replacement: unknown;
  readonly how: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  picks: fc.array(fc.nat(40), { minLength: 1, maxLength: 7 }),
  replacement: nasty,
  how: fc.nat(2),
});

describe("the table of the wire", () => {
  for (const side of ["client", "server"] as const) {
    it(`reads every golden ${side} frame as the schema does`, () => {
      for (const { name, frames } of goldenFrames(side)) {
        for (const frame of frames) {
          const [bySchema, byTable] = verdicts(schemas[side], readers[side], frame);
          expect([name, byTable]).toEqual([name, bySchema]);
          expect([name, byTable]).not.toEqual([name, "refused"]);
        }
      }
    });

    it(`agrees with the schema about ${side} frames gone wrong`, () => {
      const frames = goldenFrames(side).flatMap((golden) => golden.frames);
      let refusals = 0;
      const check = (frame: unknown, { picks, replacement, how }: Mutation): void => {
        const [bySchema, byTable] = verdicts(
          schemas[side],
          readers[side],
          mutate(frame, picks, replacement, how),
        );
        refusals += Number(bySchema === "refused");
        expect(byTable).toEqual(bySchema);
      };
      fc.assert(fc.property(fc.constantFrom(...frames), mutation, check), { numRuns: 4_000 });
      expect(refusals).toBeGreaterThan(500);
    });
  }

  it("agrees with the schemas about results gone wrong", () => {
    const readerOf = createReaders(serverWire);
    const results = goldenFrames("server").flatMap(({ name, frames }) => {
      const type = Object.keys(queryResults).find((each) => `${name}.`.startsWith(`result.${each}.`));
      return frames.map((frame) => [type as QueryType, Object(frame).result] as const);
    });
    const known = results.filter(([type]) => type !== undefined);
    expect(new Set(known.map(([type]) => type)).size).toBe(Object.keys(queryResults).length);
    fc.assert(
      fc.property(fc.constantFrom(...known), mutation, ([type, result], { picks, replacement, how }) => {
        const changed = mutate(result, picks, replacement, how);
        const [bySchema, byTable] = verdicts(queryResults[type], readerOf(type), changed);
        expect(byTable).toEqual(bySchema);
      }),
      { numRuns: 4_000 },
    );
  });

  it("gives no object another prototype", () => {
    const frame = JSON.parse('{"type":"ping","n":1,"seen":0,"__proto__":{"isAdmin":true}}');
    const read = Object(readers.client(frame));
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(read.isAdmin).toBeUndefined();
  });

  it("says where a value is wrong, from the outside in", () => {
    const table: readonly Shape[] = [["int", 0, 9]];
    const read = createReaders({ table, roots: { a: ["object", { list: ["list", 0, 3] }] } })("a");
    expect(read({ list: [1, 2, 10] })).toMatchObject({ path: ["list", "2"] });
    expect(read({ list: [1, 2, 3, 4] })).toMatchObject({ path: ["list"] });
    expect(read([])).toMatchObject({ path: [] });
  });
});
