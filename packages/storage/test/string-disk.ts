import type { Storage } from "@tidings/core";
import type { AsyncStorageLike } from "@tidings/storage/async-storage";
import type { StorageArea } from "@tidings/storage/local-storage";

/** Texts that outlive whoever wrote them, who may be killed between any two steps. */
export interface StringDisk {
  readonly texts: Map<string, string>;
  /** How many characters there may be. */
  room: number;
  /** What the next process gets. */
  area(): StorageArea;
  asyncStorage(): AsyncStorageLike;
  /** That many steps more, and all processes there are do nothing any more. Resolves when they are dead. */
  crashAfter(steps: number): Promise<void>;
  /** Leaves no room. */
  fill(): void;
}

/** What is asked by the dead. */
class Killed extends Error {}

export function stringDisk(): StringDisk {
  const texts = new Map<string, string>();
  let [generation, steps] = [0, Infinity];
  let died = (): void => {};

  /** To be called before each step of one process. */
  const newLife = (): (() => void) => {
    const mine = generation;
    steps = Infinity;
    return () => {
      if (mine === generation && steps-- > 0) return;
      if (mine === generation) {
        generation += 1;
        died();
      }
      throw new Killed();
    };
  };

  const set = (key: string, value: string): void => {
    const more = value.length - (texts.get(key)?.length ?? -key.length);
    if (more > 0 && sizeOf(texts) + more > disk.room)
      throw new DOMException("the quota is used up", "QuotaExceededError");
    texts.set(key, value);
  };

  const disk: StringDisk = {
    texts,
    room: Infinity,
    area() {
      const step = newLife();
      return {
        get length() {
          return texts.size;
        },
        key: (index) => [...texts.keys()][index] ?? null,
        getItem(key) {
          step();
          return texts.get(key) ?? null;
        },
        setItem(key, value) {
          step();
          set(key, value);
        },
        removeItem(key) {
          step();
          texts.delete(key);
        },
      };
    },
    asyncStorage() {
      const step = newLife();
      const doing = async <T>(work: () => T): Promise<T> => {
        try {
          step();
        } catch {
          return new Promise(() => {});
        }
        return work();
      };
      return {
        getItem: (key) => doing(() => texts.get(key) ?? null),
        setItem: (key, value) => doing(() => set(key, value)),
        multiGet: (keys) => doing(() => keys.map((key) => [key, texts.get(key) ?? null] as const)),
        // One by one, as on devices where it is not all or nothing.
        async multiSet(pairs) {
          for (const [key, value] of pairs) await doing(() => set(key, value));
        },
        async multiRemove(keys) {
          for (const key of keys) await doing(() => texts.delete(key));
        },
        getAllKeys: () => doing(() => [...texts.keys()]),
      };
    },
    crashAfter: (count) =>
      new Promise((resolve) => {
        [steps, died] = [count, resolve];
      }),
    fill: () => void (disk.room = sizeOf(texts)),
  };
  return disk;
}

function sizeOf(texts: ReadonlyMap<string, string>): number {
  return [...texts].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
}

/** A process that was killed in a synchronous call says nothing more. */
export function mortal(storage: Storage): Storage {
  const unlessKilled = <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      if (Object(error).cause instanceof Killed) return new Promise(() => {});
      throw error;
    });
  return {
    supports: storage.supports,
    open: () => unlessKilled(storage.open()),
    get: (key) => unlessKilled(storage.get(key)),
    scan: (range) => unlessKilled(storage.scan(range)),
    write: (operations) => unlessKilled(storage.write(operations)),
    close: () => unlessKilled(storage.close()),
  };
}
