import { copyOf } from "../base/copy.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Storage, StorageKey, StorageOperation } from "../ports/storage.ts";

interface Entry {
  readonly place: string;
  readonly key: StorageKey;
  readonly value: unknown;
}

/**
 * Keeps everything in memory, as long as the object lives: also over `close` and `open`, so a test can hand it from one
 * client to the next as a disk outlives a process. Values are copied on the way in and out.
 *
 * Entries stand in one array, sorted by place: keys mostly ascend, so most insertions are at its end.
 */
export function memoryStorage(): Storage {
  const entries: Entry[] = [];

  /** How many entries come before the first whose place is not `isBefore`. */
  const countWhile = (isBefore: (place: string) => boolean): number => {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      if (entry && isBefore(entry.place)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const indexOf = (place: string): number => countWhile((each) => each < place);

  return {
    supports: { durability: "memory" },
    open: async () => {},
    close: async () => {},
    async get(key) {
      const place = placeOf(key);
      const entry = entries[indexOf(place)];
      return copyOf(entry?.place === place ? entry.value : undefined);
    },
    async scan({ prefix, after, limit = Infinity, reverse = false }) {
      const begin = placeOf(prefix);
      let from = indexOf(begin);
      let to = countWhile((place) => place < begin || place.startsWith(begin));
      const edge = placeOf(after ?? []);
      if (reverse) {
        if (after) to = Math.min(to, indexOf(edge));
        from = Math.max(from, to - limit);
      } else {
        if (after)
          from = Math.max(
            from,
            countWhile((place) => place <= edge),
          );
        to = Math.min(to, from + limit);
      }
      const found = entries.slice(from, Math.max(from, to));
      if (reverse) found.reverse();
      return found.map(({ key, value }) => [[...key], copyOf(value)] as const);
    },
    async write(operations) {
      for (const operation of copied(operations)) {
        const place = placeOf(operation.key);
        const index = indexOf(place);
        const isThere = entries[index]?.place === place;
        entries.splice(
          index,
          Number(isThere),
          ...(operation.type === "put" ? [{ ...operation, place }] : []),
        );
      }
    },
  };
}

/**
 * Texts that compare as their keys do: part by part, and a key before those it begins. Each part ends with two NULs; a NUL
 * within is followed by something higher.
 */
function placeOf(key: StorageKey): string {
  return key.map((part) => `${part.replaceAll("\0", "\0\x01")}\0\0`).join("");
}

/** Copies before anything is written, so that a value that cannot be copied leaves no half of a write behind. */
export function copied(operations: readonly StorageOperation[]): readonly StorageOperation[] {
  try {
    return copyOf(operations);
  } catch (cause) {
    const message = "unable to write; a value cannot be copied";
    throw new MessagingError("storage/failed", { message, retryable: false, cause });
  }
}
