import type { Cancel, Clock } from "../base/clock.ts";

/** A live link that has answered no submit for this long is not trusted any more. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Counts what is out on the current link, and barks when none of it is answered. */
export interface Watchdog {
  readonly flying: number;
  departed(): void;
  landed(): void;
  /** Another link, with nothing out. */
  restart(): void;
}

export function createWatchdog(clock: Clock, onStuck: () => void): Watchdog {
  let flying = 0;
  let cancel: Cancel | undefined;
  const count = (now: number): void => {
    flying = now;
    cancel?.();
    cancel = flying > 0 ? clock.after(ANSWER_TIMEOUT_MS, onStuck) : undefined;
  };
  return {
    get flying() {
      return flying;
    },
    departed() {
      if (flying === 0) count(1);
      else flying += 1;
    },
    landed: () => count(flying - 1),
    restart: () => count(0),
  };
}
