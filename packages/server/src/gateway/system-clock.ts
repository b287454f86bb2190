import { setImmediate } from "node:timers";
import type { Clock } from "../engine/clock.ts";

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  every(periodMs, task) {
    const timer = setInterval(task, periodMs).unref();
    return () => clearInterval(timer);
  },
  // After the poll phase: whatever lay ready on any socket has been read by then.
  soon: (task) => void setImmediate(task),
};
