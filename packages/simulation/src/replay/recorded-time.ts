import type { Clock } from "@tidings/core";

/** A clock that stands where the recording is, and whose timers ring when and only when those of the recording did. */
export interface RecordedTime extends Clock {
  /** It is so late now; as on a device whose clock was set, also earlier than before. */
  set(nowMs: number): void;
  /** Rings the timer that was due then. False if none was. */
  ring(dueMs: number): boolean;
}

/** Between the moment a timer was set and the one it was noted to be set at, time may have gone on. */
const TOLERANCE_MS = 20;

export function createRecordedTime(startMs: number): RecordedTime {
  const timers = new Set<{ readonly dueMs: number; readonly task: () => void }>();
  let nowMs = startMs;
  return {
    now: () => nowMs,
    set: (next) => void (nowMs = next),
    after(delayMs, task) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    ring(dueMs) {
      const distanceTo = (timer: { readonly dueMs: number }): number => Math.abs(timer.dueMs - dueMs);
      // Of those as near, the one set first: sorting keeps the order.
      const [nearest] = [...timers].sort((one, other) => distanceTo(one) - distanceTo(other));
      if (!nearest || distanceTo(nearest) > TOLERANCE_MS) return false;
      timers.delete(nearest);
      nearest.task();
      return true;
    },
  };
}
