import type { Cancel } from "@tidings/core";
import type { Time } from "./time.ts";

/**
 * What runs between a start and a crash, of a client or of the server. All that touches the world goes through it, so
 * that once it is over nothing it had set in motion has any effect: as for a process that was killed.
 */
export interface Life {
  readonly isOver: boolean;
  /** Reported right before and right after each step to storage or network: a place where a crash may fall. */
  step(): void;
  /** The life ends `steps` steps from now. */
  doom(steps: number): void;
  /** The machine sleeps until then: nothing runs, nothing arrives. */
  sleep(untilMs: number): void;
  end(): void;
  /** A timer that ends with this life. */
  after(delayMs: number, task: () => void): Cancel;
  /** The timers that wait. */
  readonly timers: number;
  /** As `work`, but never to settle once this life is over. */
  mortal<T>(work: Promise<T>): Promise<T>;
}

/** More steps in one moment than any honest process of ours takes (D9). */
const MOST_STEPS_AT_ONCE = 2_000;

/** @param onRunaway - it goes round and round without time passing; it was ended for it. */
export function createLife(time: Time, onEnd: () => void, onRunaway: () => void): Life {
  const waiting = new Set<symbol>();
  let stepMs = 0;
  let stepsAtOnce = 0;
  let isOver = false;
  let left = Infinity;
  let awakeAtMs = 0;

  const end = (): void => {
    if (isOver) return;
    isOver = true;
    waiting.clear();
    onEnd();
  };

  const after = (delayMs: number, task: () => void): Cancel => {
    const timer = Symbol("timer");
    waiting.add(timer);
    const ring = (): void => {
      if (isOver || !waiting.has(timer)) return;
      if (time.now() < awakeAtMs) return void time.after(awakeAtMs - time.now(), ring);
      waiting.delete(timer);
      task();
    };
    const cancel = time.after(delayMs, ring);
    return () => {
      waiting.delete(timer);
      cancel();
    };
  };

  return {
    get isOver() {
      return isOver;
    },
    step() {
      stepsAtOnce = time.now() === stepMs ? stepsAtOnce + 1 : 0;
      stepMs = time.now();
      if (stepsAtOnce === MOST_STEPS_AT_ONCE) onRunaway();
      left -= 1;
      if (left <= 0 || stepsAtOnce >= MOST_STEPS_AT_ONCE) end();
    },
    doom: (steps) => void (left = steps),
    sleep: (untilMs) => void (awakeAtMs = untilMs),
    end,
    after,
    get timers() {
      return waiting.size;
    },
    mortal: (work) =>
      new Promise((resolve, reject) => {
        work.then(
          (value) => !isOver && resolve(value),
          (error: unknown) => !isOver && reject(error),
        );
      }),
  };
}
