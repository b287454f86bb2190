import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RadixMap, type Sized } from "./radix-map.ts";

/** Around the borders of nodes, and far away. */
const key = fc.oneof(
  fc.nat(100),
  fc.constantFrom(31, 32, 1_023, 1_024, 32_767, 32_768, 2 ** 25, 2 ** 30, 2 ** 31, 2 ** 32 - 1),
);
const entry = fc.tuple(key, fc.option(fc.nat(9), { nil: undefined }));
const batches = fc.array(fc.array(entry, { maxLength: 12 }), { maxLength: 8 });

interface Value extends Sized {
  readonly of: number;
}

type Entry = readonly [key: number, of: number | undefined];
type Model = ReadonlyMap<number, number>;

const weigh = (of: number): number => of % 3;
const valueOf = (of: number): Value => ({ size: 1, weight: weigh(of), of });
const empty = new RadixMap<Value>();

function written(map: RadixMap<Value>, batch: readonly Entry[]): RadixMap<Value> {
  return map.update((write) =>
    batch.forEach(([at, of]) => write(at, of === undefined ? undefined : valueOf(of))),
  );
}

function modelled(model: Model, batch: readonly Entry[]): Model {
  const next = new Map(model);
  for (const [at, of] of batch) {
    if (of === undefined) next.delete(at);
    else next.set(at, of);
  }
  return next;
}

const places = [0, 1, 40, 2_000, 2 ** 31 + 5];

/** All there is to see of a map. */
function seen(map: RadixMap<Value>, keys: readonly number[]): unknown {
  return {
    size: map.size,
    entries: keys.map((at) => [at, map.get(at)?.of]),
    slices: places.map((skip) => map.slice(skip % 7, 5).map(({ of }) => of)),
    all: map.slice(0, map.size).map(({ of }) => of),
    below: [...places, ...keys].map((at) => {
      const { size, weight } = map.below(at);
      return { size, weight };
    }),
  };
}

/** The same of a model. */
function expected(model: Model): unknown {
  const sorted = [...model].sort(([one], [other]) => one - other);
  const all = sorted.map(([, of]) => of);
  return {
    size: sorted.length,
    entries: [...model],
    slices: places.map((skip) => all.slice(skip % 7, (skip % 7) + 5)),
    all,
    below: [...places, ...model.keys()].map((at) => {
      const below = sorted.filter(([each]) => each < at);
      return { size: below.length, weight: below.reduce((sum, [, of]) => sum + weigh(of), 0) };
    }),
  };
}

describe("a radix map", () => {
  it("holds what a map holds, in the order of its keys, after any writes", () => {
    fc.assert(
      fc.property(batches, (list) => {
        let map = empty;
        let model: Model = new Map();
        for (const batch of list) {
          map = written(map, batch);
          model = modelled(model, batch);
          expect(seen(map, [...model.keys()])).toEqual(expected(model));
        }
      }),
    );
  });

  it("is persistent: writing changes no map made before", () => {
    fc.assert(
      fc.property(batches, (list) => {
        const states: [RadixMap<Value>, Model][] = [[empty, new Map()]];
        for (const batch of list) {
          const [map, model] = states.at(-1) ?? [empty, new Map()];
          states.push([written(map, batch), modelled(model, batch)]);
        }
        for (const [map, model] of states) expect(seen(map, [...model.keys()])).toEqual(expected(model));
      }),
    );
  });

  it("answers nothing for keys it never had", () => {
    const map = written(empty, [[5, 1]]);
    expect([0, 4, 37, 5 + 2 ** 20, 2 ** 32 - 1].map((at) => map.get(at))).toEqual(Array(5).fill(undefined));
    expect(empty.get(0)).toBeUndefined();
    expect(empty.slice(0, 9)).toEqual([]);
    expect(map.slice(1, 9)).toEqual([]);
    expect(map.slice(-1, -1)).toEqual([]);
  });

  it("keeps nothing of what was removed", () => {
    const map = [[[70_000, 1]], [[3, 2]], [[70_000, undefined]], [[3, undefined]]] as const;
    const last = map.reduce(written, empty);
    expect(last.size).toBe(0);
    expect(last.slice(0, 9)).toEqual([]);
    expect(last.below(2 ** 31)).toMatchObject({ size: 0, weight: 0 });
  });
});
