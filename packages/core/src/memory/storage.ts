import { MessagingError } from "../errors/messaging-error.ts";
import type { Storage, StorageKey, StorageOperation, StorageRange } from "../ports/storage.ts";

interface Entry {
  readonly key: StorageKey;
  readonly value: unknown;
}

/**
 * Keeps everything in memory, as long as the object lives: also over `close` and `open`, so a test can hand it from one
 * client to the next as a disk outlives a process. Values are copied on the way in and out.
 *
 * Entries stand in one sorted array: keys mostly ascend, so most insertions are at its end.
 */
export function memoryStorage(): Storage {
  const entries: Entry[] = [];

  const find = (key: StorageKey): { index: number; entry: Entry | undefined } => {
    const index = countWhile(entries, (each) => compareKeys(each, key) < 0);
    const entry = entries[index];
    return { index, entry: entry && compareKeys(entry.key, key) === 0 ? entry : undefined };
  };

  return {
    supports: { durability: "memory" },
    open: async () => {},
    close: async () => {},
    get: async (key) => structuredClone(find(key).entry?.value),
    async scan(range) {
      return select(entries, range).map(({ key, value }) => [[...key], structuredClone(value)] as const);
    },
    async write(operations) {
      for (const operation of copied(operations)) {
        const { index, entry } = find(operation.key);
        entries.splice(index, entry ? 1 : 0, ...(operation.type === "put" ? [operation] : []));
      }
    },
  };
}

/** Copies before anything is written, so that a value that cannot be copied leaves no half of a write behind. */
function copied(operations: readonly StorageOperation[]): readonly StorageOperation[] {
  try {
    return structuredClone(operations);
  } catch (cause) {
    const message = "unable to write; a value cannot be copied";
    throw new MessagingError("storage/failed", { message, retryable: false, cause });
  }
}

function select(entries: readonly Entry[], range: StorageRange): readonly Entry[] {
  const { prefix, after, limit = Infinity, reverse = false } = range;
  const from = countWhile(entries, (key) => compareKeys(key, prefix) < 0);
  const to = countWhile(entries, (key) => compareKeys(key, prefix) < 0 || startsWith(key, prefix));
  if (reverse) {
    const end = after
      ? Math.min(
          to,
          countWhile(entries, (key) => compareKeys(key, after) < 0),
        )
      : to;
    return entries.slice(Math.max(from, end - limit), end).reverse();
  }
  const start = after
    ? Math.max(
        from,
        countWhile(entries, (key) => compareKeys(key, after) <= 0),
      )
    : from;
  return entries.slice(start, Math.min(to, start + limit));
}

/** How many entries come before the first whose key is not `isBefore`; the keys must be sorted by it. */
function countWhile(entries: readonly Entry[], isBefore: (key: StorageKey) => boolean): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry && isBefore(entry.key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startsWith(key: StorageKey, prefix: StorageKey): boolean {
  return prefix.every((part, index) => part === key[index]);
}

/** Part by part, as JavaScript compares strings; a key comes before those it begins. */
function compareKeys(one: StorageKey, other: StorageKey): number {
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined || part > against) return 1;
    if (part < against) return -1;
  }
  return one.length - other.length;
}
