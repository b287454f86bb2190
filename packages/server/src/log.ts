import type { DebugEvent, ErrorEvent, InfoEvent, WarnEvent } from "./log-events.ts";

/** Where the server's log lines go; a pino logger is one. Fields hold ids, codes and numbers, never content or tokens. */
export interface Log {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** The same for those who write: only events that are known, at their level. */
export interface EventLog {
  debug(fields: object, event: DebugEvent): void;
  info(fields: object, event: InfoEvent): void;
  warn(fields: object, event: WarnEvent): void;
  error(fields: object, event: ErrorEvent): void;
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
