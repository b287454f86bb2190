import { type Clock, systemClock } from "@tidings/core";

/** A clock that knows how many of the timers set on it wait. */
export interface CountingClock extends Clock {
  readonly timers: number;
}

/** @param inner - the machine's by default. */
export function countingClock(inner: Clock = systemClock): CountingClock {
  const waiting = new Set<symbol>();
  return {
    now: () => inner.now(),
    after(delayMs, task) {
      const timer = Symbol("timer");
      waiting.add(timer);
      const cancel = inner.after(delayMs, () => {
        waiting.delete(timer);
        task();
      });
      return () => {
        waiting.delete(timer);
        cancel();
      };
    },
    get timers() {
      return waiting.size;
    },
  };
}
