import { describe, expect, it } from "vitest";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import { storageConformance } from "./storage-conformance.ts";

describe("memoryStorage", () => {
  storageConformance({ describe, it, create: memoryStorage });
});

/** The titles of the tests that fail for a store. */
async function failures(breakIt: (storage: Storage) => Partial<Storage>): Promise<readonly string[]> {
  const tests: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  storageConformance({
    describe: (_title, body) => body(),
    it: (title, body) => tests.push({ title, body }),
    create() {
      const sound = memoryStorage();
      return { ...sound, ...breakIt(sound) };
    },
  });
  const failed: string[] = [];
  for (const { title, body } of tests) await body().catch(() => failed.push(title));
  return failed;
}

describe("storageConformance", () => {
  it("finds nothing wrong with a store that keeps the contract", async () => {
    expect(await failures(() => ({}))).toEqual([]);
  });

  const scan = /^scans by prefix/;
  it.each<[string, RegExp, (sound: Storage) => Partial<Storage>]>([
    ["writes one operation after the other", /^writes all or nothing/, writesOneByOne],
    ["scans by locale", scan, scansWith((all) => all.sort(([a], [b]) => a.join().localeCompare(b.join())))],
    ["takes a prefix for the beginning of a joined key", scan, matchesText],
    ["scans from a key on, that key included", scan, scansFromKey],
    ["cuts before it reverses", scan, cutsFirst],
    ["forgets when it is closed", /^keeps what it has over close/, forgets],
    ["hands out what it keeps", /^copies values in and out/, remembersReferences],
    ["turns values into JSON", /^keeps whatever can be cloned/, keepsJson],
    ["never deletes", /^deletes one key/, neverDeletes],
  ])("notices a store that %s", async (_what, title, breakIt) => {
    expect(await failures(breakIt)).toContainEqual(expect.stringMatching(title));
  });
});

function writesOneByOne(sound: Storage): Partial<Storage> {
  return {
    async write(operations) {
      for (const operation of operations) await sound.write([operation]);
    },
  };
}

function scansWith(
  change: (all: (readonly [readonly string[], unknown])[]) => (readonly [readonly string[], unknown])[],
): (sound: Storage) => Partial<Storage> {
  return (sound) => ({ scan: async (range) => change([...(await sound.scan(range))]) });
}

function matchesText(sound: Storage): Partial<Storage> {
  return {
    scan: async ({ prefix, ...rest }) =>
      (await sound.scan({ prefix: [], ...rest })).filter(([key]) =>
        key.join("/").startsWith(prefix.join("/")),
      ),
  };
}

function scansFromKey(sound: Storage): Partial<Storage> {
  return {
    async scan(range) {
      const { after } = range;
      const value = after && (await sound.get(after));
      const found = await sound.scan(range);
      return after && value !== undefined ? [[after, value], ...found] : found;
    },
  };
}

function cutsFirst(sound: Storage): Partial<Storage> {
  return {
    async scan({ reverse, ...range }) {
      const found = await sound.scan(range);
      return reverse ? found.toReversed() : found;
    },
  };
}

function forgets(sound: Storage): Partial<Storage> {
  return {
    close: async () =>
      sound.write((await sound.scan({ prefix: [] })).map(([key]) => ({ type: "delete", key }))),
  };
}

function remembersReferences(sound: Storage): Partial<Storage> {
  const kept = new Map<string, unknown>();
  return {
    async write(operations) {
      await sound.write(operations);
      for (const each of operations) if (each.type === "put") kept.set(each.key.join(), each.value);
    },
    get: async (key) => kept.get(key.join()),
  };
}

function keepsJson(sound: Storage): Partial<Storage> {
  const asJson = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}` : part)));
  return {
    write: (operations) =>
      sound.write(
        operations.map((each) => (each.type === "put" ? { ...each, value: asJson(each.value) } : each)),
      ),
  };
}

function neverDeletes(sound: Storage): Partial<Storage> {
  return { write: (operations) => sound.write(operations.filter(({ type }) => type === "put")) };
}
