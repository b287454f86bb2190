import type { Cancel, Clock } from "./clock.ts";

/** Many deadlines, each with a name, on one timer. */
export interface Alarms {
  /** Runs `task` in `delayMs`, instead of what was set under this name before. */
  set(name: string, delayMs: number, task: () => void): void;
  /** How long until it rings, ms; `undefined` if none is set. */
  leftMs(name: string): number | undefined;
  cancel(name: string): void;
  clear(): void;
  /** Clears, and sets no more. */
  close(): void;
}

const nothing: Cancel = () => {};

export function createAlarms(clock: Clock): Alarms {
  const alarms = new Map<string, { readonly atMs: number; readonly task: () => void }>();
  let timer = nothing;
  let timerAtMs = Infinity;
  let seenMs = -Infinity;
  let isClosed = false;

  const moveBack = (byMs: number): void => {
    for (const [name, alarm] of alarms) alarms.set(name, { ...alarm, atMs: alarm.atMs - byMs });
    timerAtMs -= byMs;
  };

  /** A clock that was set back takes along what was set before. */
  const look = (): number => {
    const now = clock.now();
    if (now < seenMs) moveBack(seenMs - now);
    return (seenMs = now);
  };

  const wind = (atMs: number): void => {
    timer();
    timerAtMs = atMs;
    timer = atMs < Infinity ? clock.after(atMs - clock.now(), ring) : nothing;
  };

  const ring = (): void => {
    const now = look();
    // It rings before its time only if the clock was set back since: all are moved along with it.
    moveBack(Math.max(0, timerAtMs - now));
    const due = [...alarms].filter(([, { atMs }]) => atMs <= now);
    for (const [name, alarm] of due) {
      if (alarms.get(name) !== alarm) continue; // one that rang before called it off
      alarms.delete(name);
      alarm.task();
    }
    wind(Math.min(...[...alarms.values()].map(({ atMs }) => atMs), Infinity));
  };

  const clear = (): void => {
    alarms.clear();
    wind(Infinity);
  };

  return {
    set(name, delayMs, task) {
      if (isClosed) return;
      const atMs = look() + delayMs;
      alarms.set(name, { atMs, task });
      if (atMs < timerAtMs) wind(atMs);
    },
    leftMs: (name) => {
      const alarm = alarms.get(name);
      return alarm && Math.max(0, alarm.atMs - clock.now());
    },
    cancel: (name) => void alarms.delete(name), // the timer may ring for nothing once
    clear,
    close() {
      isClosed = true;
      clear();
    },
  };
}
