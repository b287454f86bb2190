/** What must survive, kept in localStorage: for pages that have little to keep, and browsers that give them nothing else. */
import type { Storage } from "@tidings/core";
import { type StringMedium, stringStorage } from "./string-storage.ts";

/** As much of the browser's `Storage` as is used here. */
export interface StorageArea {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface LocalStorageStorageOptions {
  /** Keeps what is stored apart from all else on this origin. One per signed-in user. */
  readonly name: string;
  /** `localStorage` if absent; `sessionStorage` is gone with its tab. */
  readonly area?: StorageArea;
}

/** Where there are no locks (pages without TLS), tabs of one process still take turns; others are rarely that quick. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Room for about five million characters per origin, all of them in memory: `indexedDbStorage` is better wherever it
 * works. A write is whole whenever the tab is killed, and may be lost if the whole browser is: it saves some seconds later.
 *
 * `open` throws `storage/failed` where there is none (Node, cookies forbidden); making a storage never throws.
 *
 * @example
 * ```ts
 * import { localStorageStorage } from "@tidings/storage/local-storage";
 *
 * const storage = localStorageStorage({ name: "my-app-ada" });
 * ```
 */
export function localStorageStorage({ name, area }: LocalStorageStorageOptions): Storage {
  const medium = mediumOf(() => area ?? localStorage); // reading the global may throw
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const { locks } = globalThis.navigator ?? {};
    if (locks) return locks.request(`tidings:${name}`, work);
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  return stringStorage({ medium, name, inTurn, durability: "relaxed", isShared: true });
}

function mediumOf(area: () => StorageArea): StringMedium {
  return {
    getItem: async (key) => area().getItem(key),
    setItem: async (key, value) => area().setItem(key, value),
    multiGet: async (keys) => keys.map((key) => [key, area().getItem(key)] as const),
    async multiSet(pairs) {
      for (const [key, value] of pairs) area().setItem(key, value);
    },
    async multiRemove(keys) {
      for (const key of keys) area().removeItem(key);
    },
    getAllKeys: async () => Array.from({ length: area().length }, (_, index) => area().key(index) ?? ""),
  };
}
