import type { Clock } from "../base/clock.ts";

/** A clock that moves only when told to, so that a test of an hour takes no time and never flickers. */
export interface VirtualClock extends Clock {
  /**
   * Moves time on, running every timer on the way at its own moment. Between timers all promises that can settle
   * do, so code that awaits is where it would be.
   */
  advance(byMs: number): Promise<void>;
  /** Lets promises settle without moving time. */
  settle(): Promise<void>;
  /** How many timers wait; a closed client must leave none. */
  readonly timers: number;
}

interface Timer {
  readonly dueMs: number;
  readonly task: () => void;
}

/** More than any chain of promises here is long. */
const TURNS = 64;

async function takeTurns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}

/**
 * @param startMs - where time begins, in ms.
 * @param settle - lets promises settle; by default so many turns of the microtask queue. In Node
 *   `() => new Promise(setImmediate)` is done when chains of any length are.
 */
export function virtualClock(startMs = 0, settle: () => Promise<void> = takeTurns): VirtualClock {
  let nowMs = startMs;
  const timers = new Set<Timer>();

  const takeDue = (untilMs: number): Timer | undefined => {
    let first: Timer | undefined; // a Set keeps the order of insertion, so equal times run in the order they were set
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    if (first) timers.delete(first);
    return first;
  };

  return {
    now: () => nowMs,
    after(delayMs, task) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    settle,
    async advance(byMs) {
      const untilMs = nowMs + byMs;
      await settle();
      for (let timer = takeDue(untilMs); timer; timer = takeDue(untilMs)) {
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.task();
        await settle();
      }
      nowMs = untilMs;
    },
    get timers() {
      return timers.size;
    },
  };
}
