import { destination, pino } from "pino";
import type { Log } from "./log.ts";

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

/**
 * Structured lines on standard output, each written before the call returns: pino's default writes on another thread, and
 * a process that ends has its last lines in the wrong order, or not at all.
 */
export function createLog(level: string): Log {
  const redact = { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" };
  return pino({ level, redact }, destination({ dest: 1, sync: true }));
}
