import { parseArgs } from "node:util";

export interface DemoOptions {
  /** 0: any free port. */
  readonly port: number;
  /** End after the driven message. */
  readonly once: boolean;
}

export const usage = `usage: npm run demo -- [options]

Starts the reference server on a database in a temporary folder, serves the chat app for two people, and sends a first
message from one to the other; a third answers by script. Ctrl-C ends it and removes the folder.

  --port <number>  where to listen (default 8787; 0 takes any free port)
  --once           end after the first message
  --help           show this`;

const DEFAULT_PORT = 8787;

/** @throws {TypeError} for arguments it does not know; a number is asked for where there is none */
export function parseOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: String(DEFAULT_PORT) },
      once: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new TypeError(`unable to listen; --port takes a number from 0 to 65535, not "${values.port}"`);
  }
  return { port, once: values.once };
}
