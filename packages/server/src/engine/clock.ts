/** Calls off what it was returned for; calling it again does nothing. */
export type Cancel = () => void;

/** The engine's only source of time. Milliseconds since the Unix epoch. */
export interface Clock {
  now(): number;
  /** Runs `task` again and again, `periodMs` apart. */
  every(periodMs: number, task: () => void): Cancel;
  /** Runs `task` once everything that has arrived by now has been read. */
  soon(task: () => void): void;
}
