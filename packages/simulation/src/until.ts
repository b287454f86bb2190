import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 5;

export interface UntilOptions {
  readonly timeoutMs?: number;
  /** Said when the time is over: what it looks like instead. */
  readonly instead?: () => unknown;
}

/**
 * Waits for what real sockets and processes take their time for. It polls, so that no part has to offer an event for
 * the sake of its tests.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { timeoutMs = 20_000, instead }: UntilOptions = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      const found = instead ? `; it is ${JSON.stringify(instead())}` : "";
      throw new Error(`${what} did not come true within ${timeoutMs} ms${found}`);
    }
    await sleep(POLL_MS);
  }
}

export { sleep };
