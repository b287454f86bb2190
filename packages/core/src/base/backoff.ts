/** How long to wait between attempts, in milliseconds. Both must be positive. */
export interface BackoffPolicy {
  /** Ceiling for the first retry; it doubles with each further attempt. */
  readonly baseMs: number;
  /** No wait is ever longer than this. */
  readonly maxMs: number;
}

/**
 * How long to wait before attempt `attempt` (1 is the first retry).
 *
 * Full jitter: every value from 0 up to the exponential ceiling is equally likely, so ten thousand clients dropped
 * at once come back spread out and not as one wave (Brooker, "Exponential Backoff And Jitter", AWS 2015).
 *
 * @param random - a number in [0, 1), from the client's own source.
 * @throws {RangeError} if `attempt` is not a positive integer.
 */
export function backoffDelayMs(attempt: number, policy: BackoffPolicy, random: number): number {
  if (!Number.isInteger(attempt) || attempt < 1) {
    throw new RangeError(`unable to compute backoff; attempt must be a positive integer, got ${attempt}`);
  }
  return Math.floor(random * Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1)));
}
