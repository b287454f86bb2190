import type { Cancel, Clock } from "../base/clock.ts";

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly ping: () => Promise<void>;
  /** The policy's interval now. */
  readonly everyMs: () => number;
  /** How long a probe waits. */
  readonly probeMs: number;
  readonly onSilent: () => void;
}

/**
 * Knows whether a link is alive: pings every interval and allows one more for the answer, so that a dead link is noticed
 * within two. There is one timer: for the next ping, or for its answer.
 *
 * A timer that rings much too late means that the machine slept or the tab was throttled: whatever was to be concluded
 * from silence is void, and the link is probed at once, with a short deadline.
 */
export interface Heartbeat {
  /** There is reason for doubt: ask now, and wait only a little. */
  probe(): void;
  stop(): void;
}

/** Later than a busy page would be. */
const MUCH_TOO_LATE_MS = 2_000;
/** A link that answered this recently is trusted; wake-up events come in bunches. */
const TRUSTED_MS = 1_000;

export function startHeartbeat({ clock, ping, everyMs, probeMs, onSilent }: HeartbeatOptions): Heartbeat {
  let cancel: Cancel = () => {};
  let answeredAt = clock.now();
  let isProbing = false;
  let turn = 0;

  const wait = (delayMs: number, task: () => void): void => {
    cancel();
    const dueMs = clock.now() + delayMs;
    cancel = clock.after(delayMs, () => (clock.now() - dueMs > MUCH_TOO_LATE_MS ? ask(true) : task()));
  };

  const rest = (): void => {
    isProbing = false;
    answeredAt = clock.now();
    wait(everyMs(), () => ask(false));
  };

  const ask = (isProbe: boolean): void => {
    isProbing = isProbe;
    wait(isProbe ? Math.min(probeMs, everyMs()) : everyMs(), onSilent);
    // Only the answer to the latest ping counts: an earlier one may have lain in a buffer since before the machine slept.
    const mine = ++turn;
    const answered = (): void => {
      if (mine === turn) rest();
    };
    ping().then(answered, () => {}); // a link that ends says so itself; any other failure is silence
  };

  rest();
  return {
    probe() {
      if (!isProbing && Math.abs(clock.now() - answeredAt) >= TRUSTED_MS) ask(true);
    },
    stop() {
      turn += 1;
      cancel();
    },
  };
}
