import type { Storage, StorageKey, StorageOperation, StorageRange } from "../ports/storage.ts";

/** One sentence of the contract. */
interface Clause {
  readonly title: string;
  /** Given an empty, open store; throws what is wrong with it. */
  readonly check: (storage: Storage) => Promise<void>;
}

/** In the order of the contract; neighbours are what joined, localised, numeric or UTF-8 keys confuse. */
const KEYS: readonly StorageKey[] = [
  ...[[], [""], ["", ""], ["10"], ["9"], ["B"]],
  ...[["a"], ["a", ""], ["a", "b"], ["a", "b", "c"], ["a", "c"], ["a\0"], ["a\0", "b"], ["a,b"], ["a/b"]],
  ...[["ab"], ["b"], ["é"], ["\u{1f600}"], ["\uffff"], ["\uffff", "\uffff"]],
];

const BELOW_A: readonly StorageKey[] = [["a"], ["a", ""], ["a", "b"], ["a", "b", "c"], ["a", "c"]];

const RANGES: readonly (readonly [StorageRange, readonly StorageKey[]])[] = [
  [{ prefix: [] }, KEYS],
  [{ prefix: [], reverse: true }, KEYS.toReversed()],
  [{ prefix: ["a"] }, BELOW_A],
  [{ prefix: ["a"], reverse: true }, BELOW_A.toReversed()],
  [{ prefix: [""] }, KEYS.slice(1, 3)],
  [{ prefix: ["\uffff"] }, KEYS.slice(-2)],
  [{ prefix: ["a", "b", "c", "d"] }, []],
  [{ prefix: ["a"], limit: 2 }, BELOW_A.slice(0, 2)],
  [{ prefix: ["a"], limit: 2, reverse: true }, BELOW_A.slice(-2).toReversed()],
  [{ prefix: ["a"], limit: 0 }, []],
  [{ prefix: ["a"], limit: 0, reverse: true }, []],
  [{ prefix: ["a"], limit: 1_000 }, BELOW_A],
  [{ prefix: ["a"], after: ["a", "b"] }, BELOW_A.slice(3)],
  [{ prefix: ["a"], after: ["a", "b"], limit: 1 }, BELOW_A.slice(3, 4)],
  [{ prefix: ["a"], after: ["a", "b"], reverse: true }, BELOW_A.slice(0, 2).toReversed()],
  [{ prefix: ["a"], after: ["a", "bb"] }, BELOW_A.slice(4)], // not in the store
  [{ prefix: ["a"], after: ["a", "bb"], reverse: true, limit: 1 }, BELOW_A.slice(3, 4)],
  [{ prefix: ["a"], after: ["B"] }, BELOW_A], // before the prefix
  [{ prefix: ["a"], after: ["B"], reverse: true }, []],
  [{ prefix: ["a"], after: ["a"], reverse: true }, []],
  [{ prefix: ["a"], after: ["b"] }, []], // beyond the prefix
  [{ prefix: ["a"], after: ["b"], reverse: true }, BELOW_A.toReversed()],
];

/** What the port `Storage` promises, sentence by sentence. */
export const storageContract: readonly Clause[] = [
  {
    title: "finds what was put last under a key, and nothing under others",
    async check(storage) {
      await storage.write([put(["a"], 1), put(["a", "b"], 2)]);
      await storage.write([put(["a"], 3)]);
      same(await storage.get(["a"]), 3, "the value put last");
      same(await storage.get(["a", "b"]), 2, "the value of a longer key");
      same(await storage.get(["b"]), undefined, "the value of a key never put");
      same(await storage.get([]), undefined, "the value of a shorter key");
    },
  },
  {
    title: "scans by prefix, part by part, in the order of UTF-16 code units, either way, from a key on",
    async check(storage) {
      await storage.write(KEYS.toReversed().map((key) => put(key, key)));
      for (const [range, keys] of RANGES) {
        const expected = keys.map((key) => [key, key]);
        same(await storage.scan(range), expected, `the scan of ${JSON.stringify(range)}`);
      }
    },
  },
  {
    title: "keeps the order of the operations in a write",
    async check(storage) {
      await storage.write([put(["a"], 1), remove(["a"]), put(["a"], 2), put(["b"], 1), remove(["b"])]);
      same(await storage.scan({ prefix: [] }), [[["a"], 2]], "what is left");
    },
  },
  {
    title: "deletes one key, and is content if it is not there",
    async check(storage) {
      await storage.write([put(["a"], 1), put(["a", "b"], 2)]);
      await storage.write([remove(["a"]), remove(["c"])]);
      await storage.write([]);
      same(await storage.scan({ prefix: [] }), [[["a", "b"], 2]], "what is left");
    },
  },
  {
    title: "writes all or nothing",
    async check(storage) {
      await storage.write([put(["a"], 1)]);
      const half = [put(["a"], 2), put(["b"], 2), remove(["a"]), put(["c"], () => "not to be copied")];
      const code = await storage.write(half).then(
        () => "no error",
        (error: unknown) => Object(error).code,
      );
      same(code, "storage/failed", "the code of a write with a value that cannot be copied");
      same(await storage.scan({ prefix: [] }), [[["a"], 1]], "what is left");
    },
  },
  {
    title: "loses neither of two writes given at once",
    async check(storage) {
      await Promise.all([storage.write([put(["b"], 2)]), storage.write([put(["a"], 1)])]);
      same(await storage.scan({ prefix: [] }), [[["a"], 1], [["b"], 2]], "what is there"); // prettier-ignore
    },
  },
  {
    title: "copies values in and out, so that nobody changes what is stored by accident",
    async check(storage) {
      const value = { list: [1] };
      await storage.write([put(["a"], value)]);
      value.list.push(2);
      Object(await storage.get(["a"])).list.push(3);
      Object((await storage.scan({ prefix: [] }))[0]?.[1]).list.push(4);
      same(await storage.get(["a"]), { list: [1] }, "the value");
    },
  },
  {
    title: "keeps whatever can be cloned, with its type",
    async check(storage) {
      const value = {
        bytes: new Uint8Array([0, 255]),
        sets: new Map([["a", new Set([1n])]]),
        left: undefined,
      };
      await storage.write([put(["a"], value)]);
      const { bytes, sets, ...rest } = Object(await storage.get(["a"]));
      same(ArrayBuffer.isView(bytes) && [...new Uint8Array(bytes.buffer)], [0, 255], "the bytes");
      same(sets.get("a").has(1n), true, "whether the set in the map has its bigint");
      same("left" in rest, true, "whether a property without a value is there");
    },
  },
  {
    title: "keeps what it has over close and open, and finishes what was given before",
    async check(storage) {
      await storage.write([put(["a"], 1)]);
      const given = storage.write([put(["b"], 2)]);
      await storage.close();
      await given;
      await storage.open();
      same(await storage.scan({ prefix: [] }), [[["a"], 1], [["b"], 2]], "what is there"); // prettier-ignore
    },
  },
];

function put(key: StorageKey, value: unknown): StorageOperation {
  return { type: "put", key, value };
}

function remove(key: StorageKey): StorageOperation {
  return { type: "delete", key };
}

/** As JSON tells them apart: enough for keys, numbers and lists of them. */
function same(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`${what} should be ${wanted}; it is ${found}`);
}
