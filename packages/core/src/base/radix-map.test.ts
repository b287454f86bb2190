import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RadixMap } from "./radix-map.ts";

/** Around the borders of nodes, and far away. */
const key = fc.oneof(
  fc.nat(100),
  fc.constantFrom(31, 32, 1_023, 1_024, 32_767, 32_768, 2 ** 25, 2 ** 30, 2 ** 31, 2 ** 32 - 1),
);
const entry = fc.tuple(key, fc.option(fc.nat(9), { nil: undefined }));
const batches = fc.array(fc.array(entry, { maxLength: 12 }), { maxLength: 8 });

type Model = ReadonlyMap<number, number>;
const weigh = (value: number): number => value % 3;
const empty = new RadixMap<number>(weigh);

function written(
  map: RadixMap<number>,
  batch: readonly (readonly [number, number | undefined])[],
): RadixMap<number> {
  const [first] = batch;
  if (batch.length === 1 && first) return map.set(...first);
  return map.update((write) => batch.forEach(([at, value]) => write(at, value)));
}

function modelled(model: Model, batch: readonly (readonly [number, number | undefined])[]): Model {
  const next = new Map(model);
  for (const [at, value] of batch) {
    if (value === undefined) next.delete(at);
    else next.set(at, value);
  }
  return next;
}

function expectSame(map: RadixMap<number>, model: Model): void {
  const sorted = [...model].sort(([one], [other]) => one - other);
  const values = sorted.map(([, value]) => value);
  expect(map.size).toBe(sorted.length);
  expect(map.slice(0, map.size)).toEqual(values);
  for (const [at, value] of sorted) expect(map.get(at)).toBe(value);
  for (let skip = 0; skip <= sorted.length; skip += 3) {
    expect(map.slice(skip, 5)).toEqual(values.slice(skip, skip + 5));
  }
  for (const at of [0, 1, 40, 2_000, 2 ** 31 + 5, ...model.keys()]) {
    const below = sorted.filter(([each]) => each < at).map(([, value]) => weigh(value));
    expect(map.below(at)).toMatchObject({
      size: below.length,
      weight: below.reduce((sum, each) => sum + each, 0),
    });
  }
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
          expectSame(map, model);
        }
      }),
    );
  });

  it("is persistent: writing changes no map made before", () => {
    fc.assert(
      fc.property(batches, (list) => {
        const states: [RadixMap<number>, Model][] = [[empty, new Map()]];
        for (const batch of list) {
          const [map, model] = states.at(-1) ?? [empty, new Map()];
          states.push([written(map, batch), modelled(model, batch)]);
        }
        for (const [map, model] of states) expectSame(map, model);
      }),
    );
  });

  it("answers nothing for keys it never had", () => {
    const map = empty.set(5, 1);
    expect([0, 4, 37, 5 + 2 ** 20, 2 ** 32 - 1].map((at) => map.get(at))).toEqual(Array(5).fill(undefined));
    expect(empty.get(0)).toBeUndefined();
    expect(empty.slice(0, 9)).toEqual([]);
    expect(map.slice(1, 9)).toEqual([]);
    expect(map.slice(-1, -1)).toEqual([]);
  });

  it("is the same map after an update that writes nothing", () => {
    const map = empty.set(5, 1);
    expect(map.update(() => {})).toBe(map);
  });

  it("keeps nothing of what was removed", () => {
    const map = empty.set(70_000, 1).set(3, 2).set(70_000, undefined).set(3, undefined);
    expect(map.size).toBe(0);
    expect(map.slice(0, 9)).toEqual([]);
    expect(map.below(2 ** 31)).toMatchObject({ size: 0, weight: 0 });
  });
});
