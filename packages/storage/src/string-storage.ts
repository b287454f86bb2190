import type { Durability, Storage, StorageOperation } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { failure } from "./failure.ts";
import { select } from "./select.ts";
import { fromText, toKey, toName, toText } from "./text.ts";

/** What keeps texts under texts; each call is a step, and only a step is all or nothing. */
export interface StringMedium {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<unknown>;
  multiGet(keys: readonly string[]): Promise<readonly (readonly [string, string | null])[]>;
  multiSet(pairs: readonly (readonly [string, string])[]): Promise<unknown>;
  multiRemove(keys: readonly string[]): Promise<unknown>;
  getAllKeys(): Promise<readonly string[]>;
}

export interface StringStorageOptions {
  readonly medium: StringMedium;
  /** Keeps those on one medium apart. */
  readonly name: string;
  readonly durability: Durability;
  /** Others may change the medium, now and then also others of a newer version. */
  readonly isShared: boolean;
  /** Works given one after the other are done one after the other, and none while another is under way. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What stands, or is to stand, under some keys; null for nothing. */
type Pairs = readonly (readonly [key: string, text: string | null])[];

const VERSION = 1;

/** Kept so that there is room for the journal of a write that makes room. Characters. */
const RESERVE = 16_384;

/**
 * A write of one entry is one step. Any other is made whole by a journal, which holds what its keys are to hold should
 * anybody find it: what they held before, so that half a write is undone, or, if all are to be deleted, nothing, so that
 * half a write is completed. The write has happened when the journal is gone. Recovering needs no more room than there
 * was, and may itself be interrupted.
 */
export function stringStorage(options: StringStorageOptions): Storage {
  const { medium, name, durability, isShared, inTurn } = options;
  const place = (what: string): string => `tidings:${encodeURIComponent(name)}:${what}`;
  const [version, journal, reserve, head] = [
    place("version"),
    place("journal"),
    place("reserve"),
    place("="),
  ];
  let isOpen = false;
  /** The names there are, where nobody else changes them. */
  let names: Set<string> | undefined;
  let isTorn = true;

  const apply = async (pairs: Pairs): Promise<void> => {
    const gone = pairs.flatMap(([key, text]) => (text === null ? [key] : []));
    const put = pairs.flatMap(([key, text]) => (text === null ? [] : [[key, text] as const]));
    if (gone.length > 0) await medium.multiRemove(gone);
    if (put.length > 0) await medium.multiSet(put);
  };

  const recover = async (): Promise<void> => {
    const text = await medium.getItem(journal);
    if (text !== null) {
      const pairs: Pairs = JSON.parse(text);
      await medium.multiRemove(pairs.map(([key]) => key)); // first, so that there is room
      await apply(pairs.filter(([, each]) => each !== null));
      await medium.multiRemove([journal]);
    }
    names = undefined;
    isTorn = false;
  };

  const check = async (): Promise<void> => {
    const found = Number(await medium.getItem(version));
    if (found > VERSION) {
      const message = `unable to use ${name}; it is of version ${found}, and this is version ${VERSION}`;
      throw new MessagingError("storage/version", { message });
    }
    if (found < VERSION) await medium.setItem(version, String(VERSION)); // there is none before 1
  };

  const use = <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    const attempt = async (): Promise<T> => {
      try {
        if (isShared) await check();
        if (isShared || isTorn) await recover();
        return await work();
      } catch (cause) {
        isTorn = true;
        throw failure(`unable to ${doing} ${name}`, cause);
      }
    };
    return isOpen
      ? inTurn(attempt)
      : Promise.reject(failure(`unable to ${doing} ${name}`, new Error("it is not open")));
  };

  const allNames = async (): Promise<ReadonlySet<string>> => {
    if (names && !isShared) return names;
    const keys = await medium.getAllKeys();
    return (names = new Set(keys.flatMap((key) => (key.startsWith(head) ? [key.slice(head.length)] : []))));
  };

  const keepReserve = (): Promise<unknown> => medium.setItem(reserve, " ".repeat(RESERVE)).catch(() => {});

  const remove = async (text: string): Promise<void> => {
    const hasRoom = await medium.setItem(journal, text).then(() => true, () => false); // prettier-ignore
    try {
      if (!hasRoom) {
        await medium.multiRemove([reserve]);
        await medium.setItem(journal, text);
      }
      await recover();
    } finally {
      if (!hasRoom) await keepReserve();
    }
  };

  const commit = async (pairs: Pairs): Promise<void> => {
    if (pairs.length < 2) return apply(pairs);
    const keys = pairs.map(([key]) => key);
    if (pairs.every(([, text]) => text === null)) {
      return remove(JSON.stringify(pairs));
    }
    const before = await medium.multiGet(keys);
    await medium.setItem(journal, JSON.stringify(before));
    await apply(pairs); // if it fails, whoever comes next finds the journal
    await medium.multiRemove([journal]);
  };

  return {
    supports: { durability, bytes: false },
    async open() {
      isOpen = true;
      try {
        await use("open", async () => {
          await check();
          if ((await medium.getItem(reserve)) === null) await keepReserve();
        });
      } catch (error) {
        isOpen = false;
        throw error;
      }
    },
    get: (key) =>
      use("read from", async () => {
        const text = await medium.getItem(head + toName(key));
        return text === null ? undefined : fromText(text);
      }),
    scan: (range) =>
      use("read from", async () => {
        const found = select([...(await allNames())], (each) => each, range);
        const pairs = found.length === 0 ? [] : await medium.multiGet(found.map((each) => head + each));
        const texts = new Map(pairs);
        return found.flatMap((each) => {
          const text = texts.get(head + each) ?? null;
          return text === null ? [] : [[toKey(each), fromText(text)] as const];
        });
      }),
    async write(operations) {
      const pairs = pairsOf(operations, head); // now, so that what cannot be kept is refused before anything else
      await use("write to", async () => {
        await commit(pairs);
        for (const [key, text] of pairs) names?.[text === null ? "delete" : "add"](key.slice(head.length));
      });
    },
    async close() {
      isOpen = false;
      await inTurn(async () => void (isTorn = true)); // somebody else may come in between
    },
  };
}

/** What is to stand under each key in the end. */
function pairsOf(operations: readonly StorageOperation[], head: string): Pairs {
  const all = operations.map(
    (each) => [head + toName(each.key), each.type === "put" ? toText(each.value) : null] as const,
  );
  return [...new Map(all)];
}
