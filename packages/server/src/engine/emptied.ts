import type { Clock } from "./clock.ts";

/** How often it is looked whether everybody has gone. */
const POLL_MS = 5;

/** Waits for the last of them to go, but no longer than `timeoutMs`. */
export function emptied(
  sessions: Pick<ReadonlySet<unknown>, "size">,
  timeoutMs: number,
  clock: Clock,
): Promise<void> {
  const until = clock.now() + timeoutMs;
  if (sessions.size === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.every(POLL_MS, () => {
      if (sessions.size > 0 && clock.now() < until) return;
      cancel();
      resolve();
    });
  });
}
