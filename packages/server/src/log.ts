import { destination, pino } from "pino";

/** Where the server's log lines go; a pino logger is one. Fields hold codes and numbers, never content or tokens. */
export interface Log {
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** Whatever carries one of these names is not written, should a field ever bring it. */
const SECRETS = [
  "token",
  "secret",
  "authorization",
  "cookie",
  "content",
  "text",
  "frame",
  "command",
  "record",
];

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Structured lines on standard output, each written before the call returns: pino's default writes on another thread, and
 * a process that ends has its last lines in the wrong order, or not at all.
 */
export function createLog(level: string): Log {
  const redact = { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" };
  return pino({ level, redact }, destination({ dest: 1, sync: true }));
}
