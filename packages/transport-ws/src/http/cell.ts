import type { Cell } from "@tidings/core";

/** A value whose listeners cannot harm each other, or whoever sets it (D10). */
export function createCell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<{ readonly call: (value: T) => void }>();
  return {
    get: () => value,
    subscribe(call) {
      const listener = { call };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(next) {
      if (Object.is(value, next)) return;
      value = next;
      for (const { call } of [...listeners]) {
        try {
          call(next);
        } catch {} // there is nobody here to be told, and the others must be
      }
    },
  };
}
