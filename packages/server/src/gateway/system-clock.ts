import { setImmediate } from "node:timers";
import type { Clock } from "../engine/clock.ts";

/** After the machine's clock was set back ours goes on from where it was, this much slower, until that has caught up. */
const PACE = 0.99;

/**
 * Time that never goes back and never stands still. It is the machine's as long as that does not either, so that what
 * ends by clock ends in time, and what was said later never seems to have been said earlier, whoever sets the clock.
 *
 * @param wall - milliseconds since the Unix epoch; may jump.
 * @param steady - milliseconds since whenever; only rises.
 */
export function steadyNow(wall: () => number, steady: () => number): () => number {
  let at = wall();
  let before = steady();
  return () => {
    const now = steady();
    at = Math.max(wall(), at + (now - before) * PACE);
    before = now;
    return Math.floor(at);
  };
}

const now = steadyNow(Date.now, () => performance.now());

/** The machine's clock, made steady. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now,
  every(periodMs, task) {
    const timer = setInterval(task, periodMs).unref();
    return () => clearInterval(timer);
  },
  // After the poll phase: whatever lay ready on any socket has been read by then.
  soon: (task) => void setImmediate(task),
};

/** A moment of the machine's clock, as of a token, on ours: both are as far away. */
export function toSystemTime(wallMs: number): number {
  return now() + wallMs - Date.now();
}
