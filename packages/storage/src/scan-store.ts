import type { StorageKey, StorageRange } from "@tidings/core";
import { promisifyRequest } from "idb-keyval";

type Entry = readonly [StorageKey, unknown];

/** The most IndexedDB can count to. */
const UNLIMITED = 2 ** 32 - 1;

/** The entries of a range, read within the transaction `store` belongs to. */
export async function scanStore(store: IDBObjectStore, range: StorageRange): Promise<readonly Entry[]> {
  const keyRange = keyRangeOf(range);
  const limit = Math.min(range.limit ?? UNLIMITED, UNLIMITED);
  if (!keyRange || limit <= 0) return []; // a limit of 0 would mean none
  if (range.reverse) return readBackwards(store, keyRange, limit);
  const [keys, values] = await Promise.all([
    promisifyRequest(store.getAllKeys(keyRange, limit)),
    promisifyRequest<unknown[]>(store.getAll(keyRange, limit)),
  ]);
  return keys.map((key, index) => [keyOf(key), values[index]]);
}

/** One by one: not every browser can give all of a range from its end. */
function readBackwards(store: IDBObjectStore, range: IDBKeyRange, limit: number): Promise<readonly Entry[]> {
  return new Promise((resolve, reject) => {
    const found: Entry[] = [];
    const request = store.openCursor(range, "prev");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor) found.push([keyOf(cursor.key), cursor.value]);
      if (cursor && found.length < limit) cursor.continue();
      else resolve(found);
    };
  });
}

/**
 * IndexedDB compares arrays part by part, strings by UTF-16 code units, and puts any array after every string: so the keys
 * that begin with `prefix` are those from it to `[...prefix, []]`. Undefined if the range is empty.
 */
function keyRangeOf({ prefix, after, reverse = false }: StorageRange): IDBKeyRange | undefined {
  const [first, beyond]: [IDBValidKey[], IDBValidKey[]] = [[...prefix], [...prefix, []]];
  const start = [...(after ?? prefix)];
  const isFrom = after !== undefined && !reverse && indexedDB.cmp(start, first) >= 0;
  const isTo = after !== undefined && reverse && indexedDB.cmp(start, beyond) < 0;
  const [from, to] = [isFrom ? start : first, isTo ? start : beyond];
  return indexedDB.cmp(from, to) < 0 ? IDBKeyRange.bound(from, to, isFrom, true) : undefined;
}

function keyOf(key: IDBValidKey): StorageKey {
  return Array.isArray(key) ? key.map(String) : [];
}
