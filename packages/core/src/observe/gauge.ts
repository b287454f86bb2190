import type { Cancel, Clock } from "../base/clock.ts";
import { guarded } from "../base/guarded.ts";
import type { Observable } from "../base/observable.ts";

/** A value that is read off whenever somebody looks, and told to those who listen every so often while it changes. */
export interface Gauge<T> extends Observable<T> {
  close(): void;
}

/** Values that say the same are the same reference. Nothing runs while nobody listens. */
export function createGauge<T>(clock: Clock, everyMs: number, read: () => T): Gauge<T> {
  const listeners = new Map<symbol, (value: T) => void>();
  let cached: { readonly value: T; readonly text: string } | undefined;
  let told: T | undefined;
  let timer: Cancel | undefined;
  let isClosed = false;

  const get = (): T => {
    if (isClosed && cached) return cached.value;
    const value = read();
    const text = JSON.stringify(value);
    if (cached?.text !== text) cached = { value, text };
    return cached.value;
  };

  const tick = (): void => {
    timer = undefined;
    const value = get();
    if (value !== told) {
      told = value;
      for (const listener of [...listeners.values()]) guarded(() => listener(value), ignore);
    }
    watch();
  };

  const watch = (): void => {
    if (isClosed || listeners.size === 0) return;
    timer ??= clock.after(everyMs, tick);
  };

  return {
    get,
    subscribe(listener) {
      const id = Symbol();
      if (listeners.size === 0) told = get();
      listeners.set(id, listener);
      watch();
      return () => {
        listeners.delete(id);
        if (listeners.size > 0) return;
        timer?.();
        timer = undefined;
      };
    },
    close() {
      get();
      isClosed = true;
      timer?.();
      timer = undefined;
    },
  };
}

/** As in every observable a listener that throws harms nobody else (D10). */
const ignore = (): void => {};
