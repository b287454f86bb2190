import type { Storage, StorageKey, StorageOperation, StorageRange } from "../ports/storage.ts";
import { expectSame, expectThat, law, type LawGroup } from "./kit.ts";
import type { StorageTrial } from "./storage-bench.ts";

export function put(key: StorageKey, value: unknown): StorageOperation {
  return { type: "put", key, value };
}

export function remove(key: StorageKey): StorageOperation {
  return { type: "delete", key };
}

export async function expectAll(storage: Storage, wanted: readonly unknown[], what: string): Promise<void> {
  expectSame(await storage.scan({ prefix: [] }), wanted, what);
}

/** What no medium can keep. */
export const notToBeCopied = (): string => "a function";

/** In the order of the contract; neighbours are what joined, localised, numeric or UTF-8 keys confuse. */
const KEYS: readonly StorageKey[] = [
  ...[[], [""], ["", ""], ["10"], ["9"], ["B"]],
  ...[["a"], ["a", ""], ["a", "b"], ["a", "b", "c"], ["a", "c"]],
  ...[["a\0"], ["a\0", "b"], ["a\u0001"], ['a"'], ["a,b"], ["a/b"], ["a\\"]],
  ...[
    ["ab"],
    ["b"],
    ["é"],
    ["\ud800"],
    ["\u{1f600}"],
    ["\udfff"],
    ["\ue000"],
    ["\uffff"],
    ["\uffff", "\uffff"],
  ],
];

const below = (prefix: StorageKey): readonly StorageKey[] =>
  KEYS.filter((key) => prefix.every((part, index) => key[index] === part));

const BELOW_A = below(["a"]);

async function filled(storage: Storage): Promise<void> {
  await storage.write(KEYS.toReversed().map((key) => put(key, key)));
}

type Ranges = readonly (readonly [StorageRange, readonly StorageKey[]])[];

async function expectRanges(storage: Storage, ranges: Ranges): Promise<void> {
  await filled(storage);
  for (const [range, keys] of ranges) {
    const wanted = keys.map((key) => [key, key]);
    expectSame(await storage.scan(range), wanted, `the scan of ${JSON.stringify(range)}`);
  }
}

const writing: LawGroup<StorageTrial> = {
  title: "reading and writing",
  laws: [
    law("[S1] finds what was put last under a key, and nothing under any other", async ({ storage }) => {
      await filled(storage);
      for (const key of KEYS) expectSame(await storage.get(key), key, `the value of ${JSON.stringify(key)}`);
      await storage.write([put(["a", "b"], "again")]);
      expectSame(await storage.get(["a", "b"]), "again", "the value put last");
      expectSame(await storage.get(["a"]), ["a"], "the value of a key it begins with");
      for (const key of [["a", "b", ""], ["b", "a"], ["A"], ["a,b,c"], ["a", "bc"]]) {
        expectSame(await storage.get(key), undefined, `the value of ${JSON.stringify(key)}, never put`);
      }
    }),
    law("[S2] deletes one key, and is content if it is not there", async ({ storage }) => {
      await storage.write([put(["a"], 1), put(["a", "b"], 2), put(["ab"], 3), put(["c"], 4)]);
      await storage.write([remove(["a"])]);
      expectSame(await storage.get(["a"]), undefined, "the value of a deleted key");
      await storage.write([remove(["a"]), remove(["never"]), put(["d"], 5), remove(["c"])]);
      await storage.write([]);
      await expectAll(storage, [[["a", "b"], 2], [["ab"], 3], [["d"], 5]], "what is left"); // prettier-ignore
    }),
    law("[S3] keeps the order of the operations in a write", async ({ storage }) => {
      await storage.write([put(["a"], 1), remove(["a"]), put(["a"], 2), put(["b"], 1), remove(["b"])]);
      await storage.write([put(["c"], 1), put(["c"], 2), remove(["d"]), put(["d"], 3)]);
      await expectAll(storage, [[["a"], 2], [["c"], 2], [["d"], 3]], "what is left"); // prettier-ignore
    }),
    law("[S4] writes all or nothing", async ({ storage, wait }) => {
      await storage.write([put(["a"], 1)]);
      const half = [put(["a"], 2), put(["b"], 2), remove(["a"]), put(["c"], notToBeCopied), put(["d"], 2)];
      const error = await wait.refused(
        storage.write(half),
        "a value that cannot be copied should be refused",
      );
      expectSame([error.code, error.retryable], ["storage/failed", false], "its code, and whether to retry");
      await expectAll(storage, [[["a"], 1]], "what is left");
      await storage.write([put(["b"], 3)]);
      await expectAll(storage, [[["a"], 1], [["b"], 3]], "what is there after the next write"); // prettier-ignore
    }),
    law("[S5] lets writes given at once take effect in the order given, each whole", async ({ storage }) => {
      const writes = Array.from({ length: 20 }, (_, turn) =>
        storage.write([put(["x"], turn), put(["y"], turn), put(["turn", String(turn)], turn)]),
      );
      const seen = Array.from({ length: 5 }, () => storage.scan({ prefix: [] }));
      await Promise.all(writes);
      for (const found of await Promise.all(seen)) {
        const of = (name: string): unknown => found.find(([[first]]) => first === name)?.[1];
        expectSame(of("x"), of("y"), "what a scan sees of a write under way");
      }
      expectSame([await storage.get(["x"]), await storage.get(["y"])], [19, 19], "the values put last");
      expectSame(
        (await storage.scan({ prefix: ["turn"] })).length,
        20,
        "the number of writes that are there",
      );
    }),
    law("[S6] reads what was written before", async ({ storage }) => {
      for (let turn = 0; turn < 5; turn += 1) {
        await storage.write([put(["a"], turn), put(["b", String(turn)], turn)]);
        expectSame(await storage.get(["a"]), turn, "the value just put");
        expectSame(
          (await storage.scan({ prefix: ["b"] })).length,
          turn + 1,
          "the number of entries just put",
        );
      }
    }),
  ],
};

const ranges: LawGroup<StorageTrial> = {
  title: "ranges",
  laws: [
    law("[S7] scans by prefix, part by part", ({ storage }) => {
      const prefixes = [[""], ["a"], ["a", "b"], ["a", "b", "c", "d"], ["\uffff"], ["\ud800"], ["none"]];
      return expectRanges(
        storage,
        prefixes.map((prefix) => [{ prefix }, below(prefix)] as const),
      );
    }),
    law("[S8] scans in the order of UTF-16 code units, part by part, either way", ({ storage }) =>
      expectRanges(storage, [
        [{ prefix: [] }, KEYS],
        [{ prefix: [], reverse: true }, KEYS.toReversed()],
        [{ prefix: ["a"], reverse: true }, BELOW_A.toReversed()],
      ]),
    ),
    law("[S9] begins after a key, wherever that is", ({ storage }) =>
      expectRanges(storage, [
        [{ prefix: ["a"], after: ["a", "b"] }, BELOW_A.slice(3)],
        [{ prefix: ["a"], after: ["a", "b"], reverse: true }, BELOW_A.slice(0, 2).toReversed()],
        [{ prefix: ["a"], after: ["a", "bb"] }, BELOW_A.slice(4)], // not in the store
        [{ prefix: ["a"], after: ["a", "bb"], reverse: true }, BELOW_A.slice(0, 4).toReversed()],
        [{ prefix: ["a"], after: ["B"] }, BELOW_A], // before the prefix
        [{ prefix: ["a"], after: ["B"], reverse: true }, []],
        [{ prefix: ["a"], after: ["a"], reverse: true }, []],
        [{ prefix: ["a"], after: ["b"] }, []], // beyond the prefix
        [{ prefix: ["a"], after: ["b"], reverse: true }, BELOW_A.toReversed()],
        [{ prefix: [], after: ["\ue000"] }, KEYS.slice(-2)],
      ]),
    ),
    law("[S10] ends at the limit, counted from where it begins", ({ storage }) =>
      expectRanges(storage, [
        [{ prefix: ["a"], limit: 2 }, BELOW_A.slice(0, 2)],
        [{ prefix: ["a"], limit: 2, reverse: true }, BELOW_A.slice(-2).toReversed()],
        [{ prefix: ["a"], limit: 0 }, []],
        [{ prefix: ["a"], limit: 0, reverse: true }, []],
        [{ prefix: ["a"], limit: 1_000 }, BELOW_A],
        [{ prefix: ["a"], limit: Infinity }, BELOW_A],
        [{ prefix: ["a"], after: ["a", "b"], limit: 1 }, BELOW_A.slice(3, 4)],
        [{ prefix: ["a"], after: ["a", "bb"], limit: 1, reverse: true }, BELOW_A.slice(3, 4)],
        [{ prefix: [], limit: 3, reverse: true }, KEYS.slice(-3).toReversed()],
      ]),
    ),
  ],
};

const values: LawGroup<StorageTrial> = {
  title: "values",
  laws: [
    law("[S11] shares no value with anybody, and changes none", async ({ storage }) => {
      const value = { list: [1] };
      const key = ["a"];
      const operations = [put(key, value), put(["b"], value)];
      const given = JSON.stringify(operations);
      await storage.write(operations);
      expectSame(JSON.stringify(operations), given, "what was given");
      expectThat(!Object.isFrozen(value), "what was given should not be frozen");
      value.list.push(2);
      key[0] = "z";
      Object(await storage.get(["a"])).list.push(3);
      Object((await storage.scan({ prefix: [] }))[0]?.[1]).list.push(4);
      await expectAll(storage, [[["a"], { list: [1] }], [["b"], { list: [1] }]], "what is there"); // prettier-ignore
    }),
    law("[S12] keeps each value with its type", async ({ storage }) => {
      const texts = ["", "é\u{1f600}", "a\0b", "\ud800", "\u2028"];
      const plain = { texts, numbers: [0, -1.5, 1e300], truth: [true, false, null], deep: { er: [[]] } };
      await storage.write([
        put(["plain"], plain),
        put(["rich"], rich()),
        put(["false"], false),
        put(["null"], null),
      ]);
      expectSame(await storage.get(["plain"]), plain, "a value as JSON has it");
      expectSame(
        [await storage.get(["false"]), await storage.get(["null"])],
        [false, null],
        "false and null",
      );
      expectSame(described(Object(await storage.get(["rich"]))), described(rich()), "a value beyond JSON");
    }),
    law("[S13] takes a thousand operations at once, and a value of 256 kB", async ({ storage }) => {
      const many = Array.from({ length: 1_000 }, (_, index) => put(["many", String(index)], { index }));
      await storage.write([...many, put(["long"], "x".repeat(256_000))]);
      expectSame((await storage.scan({ prefix: ["many"] })).length, 1_000, "the number of entries");
      expectSame(String(await storage.get(["long"])).length, 256_000, "the length of the value");
      await storage.write(many.map(({ key }) => remove(key)));
      expectSame(await storage.scan({ prefix: ["many"] }), [], "what is left of them");
    }),
  ],
};

function rich(): Readonly<Record<string, unknown>> {
  const bytes = new Uint8Array([0, 127, 255]);
  return { bytes, buffer: bytes.buffer, left: undefined, big: 2n ** 70n, odd: [NaN, -0], sets: new Map([["a", new Set([1])]]) }; // prettier-ignore
}

/** Of `rich`, what JSON cannot tell. */
function described({ bytes, buffer, big, odd, sets, ...rest }: Readonly<Record<string, unknown>>): unknown {
  const list = Array.isArray(odd) ? odd : [];
  const inner = sets instanceof Map ? sets.get("a") : undefined;
  return {
    bytes: ArrayBuffer.isView(bytes)
      ? [...new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)]
      : "none",
    buffer: bytesOf(buffer),
    big: `${typeof big} ${String(big)}`,
    odd: [Object.is(list[0], NaN), Object.is(list[1], -0)],
    sets: inner instanceof Set && inner.has(1),
    left: "left" in rest,
  };
}

/** Of a buffer, perhaps one of another realm. */
function bytesOf(buffer: unknown): unknown {
  const isBuffer = Object.prototype.toString.call(buffer) === "[object ArrayBuffer]";
  return isBuffer ? [...new Uint8Array(Object(buffer))] : "none";
}

export const contentLaws: readonly LawGroup<StorageTrial>[] = [writing, ranges, values];
