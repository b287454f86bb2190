/** What must survive, kept in React Native's AsyncStorage, or anything of its shape. */
import type { Storage } from "@tidings/core";
import { type StringMedium, stringStorage } from "./string-storage.ts";

/** As much of AsyncStorage as is used here. */
export type AsyncStorageLike = StringMedium;

export interface AsyncStorageStorageOptions {
  /** AsyncStorage itself, or MMKV behind six one-line functions; injected, so that nobody else ships it. */
  readonly asyncStorage: AsyncStorageLike;
  /** Keeps what is stored apart from all else in it. One per signed-in user. */
  readonly name: string;
}

/**
 * A write is whole whenever the app is killed. For one storage at a time: what others write under the same name while it
 * is open is not seen.
 *
 * @example
 * ```ts
 * import { asyncStorageStorage, type AsyncStorageLike } from "@tidings/storage/async-storage";
 *
 * declare const AsyncStorage: AsyncStorageLike; // import AsyncStorage from "@react-native-async-storage/async-storage";
 * const storage = asyncStorageStorage({ asyncStorage: AsyncStorage, name: "ada" });
 * ```
 */
export function asyncStorageStorage({ asyncStorage, name }: AsyncStorageStorageOptions): Storage {
  let last: Promise<unknown> = Promise.resolve();
  return stringStorage({
    ...{ medium: naming(asyncStorage), name, durability: "relaxed", isShared: false },
    inTurn(work) {
      const turn = last.then(work);
      last = turn.catch(() => {});
      return turn;
    },
  });
}

/** The bridge to the device passes on nothing of an error but its text. */
function naming(medium: AsyncStorageLike): StringMedium {
  const named = (error: unknown): never => {
    const { message } = Object(error);
    const isFull = /SQLITE_FULL|disk is full|quota|no space left/i.test(String(message));
    throw isFull
      ? Object.assign(new Error(String(message), { cause: error }), { code: "SQLITE_FULL" })
      : error;
  };
  return {
    getItem: (key) => medium.getItem(key),
    setItem: (key, value) => medium.setItem(key, value).catch(named),
    multiGet: (keys) => medium.multiGet(keys),
    multiSet: (pairs) => medium.multiSet(pairs).catch(named),
    multiRemove: (keys) => medium.multiRemove(keys),
    getAllKeys: () => medium.getAllKeys(),
  };
}
