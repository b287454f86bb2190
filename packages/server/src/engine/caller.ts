/** Who asks for something otherwise than over a link. */
export interface Caller {
  readonly userId: string;
  /** Acts as the server itself: permissions are not asked, rates not counted, all other rules hold. */
  readonly isSystem?: boolean;
  /** What the user's tier multiplies the rates by. Default 1. */
  readonly rateFactor?: number;
  /** When they planned what is done now; see `Submission`. */
  readonly plannedAt?: number;
}
