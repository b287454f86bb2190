import type { Session } from "./online.ts";

/** How many frames one link may send, as a token bucket. */
export interface FrameRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Refused this often without a pause, a link is closed: it does not listen. */
const MOST_REFUSED = 1_000;

/**
 * Takes one token for one frame of `session`.
 *
 * @returns 0 if there was one, else how long to wait, else `Infinity` if the link should go.
 */
export function guardFrame(session: Session, { perSecond, burst }: FrameRate, now: number): number {
  const gained = (Math.max(0, now - session.framesRefilledAt) * perSecond) / 1_000;
  session.frameTokens = Math.min(burst, session.frameTokens + gained);
  session.framesRefilledAt = now;
  if (session.frameTokens >= 1) {
    session.frameTokens -= 1;
    session.framesRefused = 0;
    return 0;
  }
  session.framesRefused += 1;
  if (session.framesRefused > MOST_REFUSED) return Infinity;
  return Math.ceil(((1 - session.frameTokens) * 1_000) / perSecond);
}
