import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Cancel, Clock } from "../engine/clock.ts";

const RESOLUTION_MS = 20;
const WINDOW_MS = 10_000;

/** How late the event loop comes, and how busy it is, over the last ten seconds. */
export class EventLoop {
  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #cancel: Cancel;
  #usedBefore: EventLoopUtilization = performance.eventLoopUtilization();
  #lateMs = 0;
  #busy = 0;

  constructor(clock: Clock) {
    this.#delays.enable();
    this.#cancel = clock.every(WINDOW_MS, () => this.#turn());
  }

  /** The 99th percentile; of a window that is not over yet if that is worse. */
  get lateMs(): number {
    return Math.max(this.#lateMs, lateness(this.#delays.percentile(99)));
  }

  /** From 0 to 1. */
  get busy(): number {
    return this.#busy;
  }

  stop(): void {
    this.#cancel();
    this.#delays.disable();
  }

  #turn(): void {
    this.#lateMs = lateness(this.#delays.percentile(99));
    this.#delays.reset();
    const used = performance.eventLoopUtilization();
    this.#busy = performance.eventLoopUtilization(used, this.#usedBefore).utilization;
    this.#usedBefore = used;
  }
}

/** What is measured is the time between two looks, which are meant to be this far apart. */
function lateness(delayNs: number): number {
  return Math.max(0, delayNs / 1_000_000 - RESOLUTION_MS);
}
