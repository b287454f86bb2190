/** Calls off what it was returned for; calling it again, or too late, does nothing. */
export type Cancel = () => void;

/** The only source of time in a client. Whole milliseconds since the Unix epoch. */
export interface Clock {
  now(): number;
  /** Runs `task` once, `delayMs` from now (never synchronously). */
  after(delayMs: number, task: () => void): Cancel;
}

/** The longest delay a timer can hold: a 32-bit signed number of milliseconds, about 24.8 days (HTML, timers). */
const LONGEST_DELAY_MS = 0x7fff_ffff;

/** The machine's clock. Its timers do not keep a Node process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer: unknown = setTimeout(task, Math.min(Math.max(0, delayMs), LONGEST_DELAY_MS));
    if (hasUnref(timer)) timer.unref();
    return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
  },
};

/** The machine's clock, for tests: a runner whose process ends when nothing is left to do waits for its timers. */
export const wakefulClock: Clock = {
  now: systemClock.now,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

function hasUnref(timer: unknown): timer is { unref(): void } {
  return typeof timer === "object" && timer !== null && "unref" in timer;
}
