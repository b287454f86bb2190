import { guarded } from "../base/guarded.ts";
import type { Unsubscribe } from "../base/observable.ts";
import type { Logger, LogLevel } from "../ports/logger.ts";
import { redact } from "./redact.ts";

/** One line of the log, without secrets. */
export interface LogEntry {
  readonly at: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: unknown;
}

/** What is kept of the log. */
export interface LogOptions {
  /** The least that is kept. Default `"info"`; `"debug"` keeps a line for each submit, answer and query, too. */
  readonly level?: LogLevel;
  /** How many lines are kept; the oldest go. Default 500. */
  readonly size?: number;
}

/** The latest lines of a client's log, without secrets: what a person can send to those who help them. */
export interface ClientLog {
  /** Oldest first. */
  entries(least?: LogLevel): readonly LogEntry[];
  /** Lines of JSON. */
  export(least?: LogLevel): string;
  /** From now on what is at least this grave is kept. */
  setLevel(level: LogLevel): void;
  /** Each line as it is written. */
  subscribe(listener: (entry: LogEntry) => void): Unsubscribe;
}

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const SIZE = 500;

/** @param next - gets every line as it was, whatever the level: the app's own logger, or the console. */
export function createLog(
  now: () => number,
  next: Logger,
  { level = "info", size = SIZE }: LogOptions = {},
): { readonly log: ClientLog; readonly logger: Logger } {
  const kept: LogEntry[] = [];
  const listeners = new Set<(entry: LogEntry) => void>();
  let least = ORDER.indexOf(level);

  const entries = (from: LogLevel = "debug"): LogEntry[] =>
    kept.filter((entry) => ORDER.indexOf(entry.level) >= ORDER.indexOf(from));

  const logger: Logger = (of, event, fields) => {
    guarded(() => next(of, event, fields), ignore);
    if (ORDER.indexOf(of) < least) return;
    const entry: LogEntry = { at: now(), level: of, event, fields: redact(fields) };
    kept.push(entry);
    if (kept.length > size) kept.shift();
    for (const listener of [...listeners]) guarded(() => listener(entry), ignore);
  };

  return {
    logger,
    log: {
      entries,
      export: (from) =>
        entries(from)
          .map((entry) => JSON.stringify(entry))
          .join("\n"),
      setLevel: (next) => void (least = ORDER.indexOf(next)),
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  };
}

/** Who listens to the log and fails has nobody left to tell. */
const ignore = (): void => {};
