import type { FrameRate } from "./flood-guard.ts";

/** What one link, or one user, may take of the server (D9). */
export interface EngineBounds {
  readonly frames: FrameRate;
  readonly backlogBytes: number;
  readonly linksPerUser: number;
  readonly helloTimeoutMs: number;
  /** How long after its token has ended a link may stay, to renew it. */
  readonly tokenGraceMs: number;
}
