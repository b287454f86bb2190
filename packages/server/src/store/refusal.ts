import type { Rejection } from "@tidings/core/domain";

/** A rejection, with what the registry of codes cannot know. */
export interface Refusal extends Rejection {
  /** Overrules the registry. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}
