import { type Clock, systemClock } from "@tidings/core";

/** The machine's clock, which knows how many of its timers wait. */
export interface CountingClock extends Clock {
  readonly timers: number;
}

export function countingClock(): CountingClock {
  const waiting = new Set<symbol>();
  return {
    now: () => systemClock.now(),
    after(delayMs, task) {
      const timer = Symbol("timer");
      waiting.add(timer);
      const cancel = systemClock.after(delayMs, () => {
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
