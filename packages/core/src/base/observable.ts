import { guarded } from "./guarded.ts";

/** Ends what it was returned for; calling it again does nothing. */
export type Unsubscribe = () => void;

/** A value that changes over time. Reading never throws, also after the client is closed (D10). */
export interface Observable<T> {
  /** The value now. The same reference until it changes, so it can feed React's `useSyncExternalStore` as it is. */
  get(): T;
  /** Calls `listener` after each change (not at once); several changes of one batch make one call, or none if it is as before. */
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** An observable its owner writes. Writing an identical value (`Object.is`) tells nobody. */
export interface Cell<T> extends Observable<T> {
  set(value: T): void;
}

/** An observable computed on demand: only when read, and only after `invalidate`. */
export interface Lazy<T> extends Observable<T> {
  invalidate(): void;
}

/** Makes the observables of one client, so that they can be batched together. */
export interface Scope {
  cell<T>(initial: T): Cell<T>;
  /** @param isSame - default `Object.is`; what is the same as before stays the same reference. */
  lazy<T>(compute: () => T, isSame?: (before: T, now: T) => boolean): Lazy<T>;
  /** From now on what changes is remembered as it is now, for `asHeld`. */
  hold(): void;
  /** Runs `work`; whatever changes inside is announced once, at the end of the outermost batch. */
  batch<T>(work: () => T): T;
}

/** One flag for all scopes: what is made of observables need not know of which. Reading never waits. */
let isLookingBack = false;

/** What `read` gives as things stood when the scopes it reads of were held; as they are where none was. */
export function asHeld<T>(read: () => T): T {
  return looking(true, read);
}

function looking<T>(isBack: boolean, read: () => T): T {
  const before = isLookingBack;
  isLookingBack = isBack;
  try {
    return read();
  } finally {
    isLookingBack = before;
  }
}

/** Listeners that answer each change with another are cut off after this many rounds, or the page would hang (D9). */
const MOST_ROUNDS = 100;

/**
 * @param onListenerError - told of every listener that throws, or whose promise is rejected; the others are still called (D10).
 */
export function createScope(onListenerError: (error: unknown) => void): Scope {
  let depth = 0;
  let isHeld = false;
  const pending = new Set<() => void>();

  /** What listeners change while they are told is announced in a further round, never inside the one running. */
  const flush = (): void => {
    for (let round = 0; pending.size > 0; round += 1) {
      const announcements = [...pending];
      pending.clear();
      if (round < MOST_ROUNDS) for (const announce of announcements) announce();
      else onListenerError(new RangeError("unable to settle; listeners keep changing what they listen to"));
    }
  };

  const batch = <T>(work: () => T): T => {
    depth += 1;
    try {
      return work();
    } finally {
      try {
        if (depth === 1) flush();
      } finally {
        depth -= 1;
      }
    }
  };

  /** @param read - what was read last, by anybody: who may have read something else has to be told. */
  const listeners = <T>(
    get: () => T,
    read: () => unknown,
  ): { subscribe: Observable<T>["subscribe"]; changed: () => void } => {
    const entries = new Set<{ readonly call: (value: T) => void; told: unknown }>();
    const announce = (): void => {
      const before = read();
      for (const entry of [...entries])
        guarded(() => {
          const value = get();
          if (!entries.has(entry) || (Object.is(value, entry.told) && Object.is(value, before))) return;
          entry.told = value;
          return entry.call(value);
        }, onListenerError);
    };
    return {
      subscribe(listener) {
        if (isHeld) get(); // of what is computed on demand, this is what there is to hold
        const entry = { call: listener, told: read() }; // an object each, so that one function may subscribe twice
        entries.add(entry);
        return () => void entries.delete(entry);
      },
      changed() {
        if (entries.size > 0) batch(() => pending.add(announce));
      },
    };
  };

  return {
    batch,
    hold: () => void (isHeld = true),
    cell<T>(initial: T) {
      let value = initial;
      let latest = initial;
      let held: { readonly value: T } | undefined;
      const get = (): T => (isLookingBack && held ? held.value : (latest = value));
      const { subscribe, changed } = listeners(get, () => latest);
      const set = (next: T): void => {
        if (Object.is(value, next)) return;
        if (isHeld) held ??= { value };
        value = next;
        changed();
      };
      return { get, set, subscribe };
    },
    lazy<T>(compute: () => T, isSame: (before: T, now: T) => boolean = Object.is) {
      let cached: { readonly value: T } | undefined;
      let held: { readonly value: T } | undefined;
      let isFresh = false;
      const get = (): T => {
        if (isLookingBack && held) return held.value;
        if (cached && isFresh) return cached.value;
        const value = looking(false, compute); // or it would be kept as what is now
        isFresh = true;
        return (cached = cached && isSame(cached.value, value) ? cached : { value }).value;
      };
      const { subscribe, changed } = listeners(get, () => cached?.value);
      const invalidate = (): void => {
        if (isHeld) held ??= cached;
        isFresh = false;
        changed();
      };
      return { get, subscribe, invalidate };
    },
  };
}
