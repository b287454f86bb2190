import { createHash } from "node:crypto";

/**
 * Since when tokens of erased people are not accepted any more. Who they were does not stand there, only a hash, by
 * which whoever comes with the id is known again.
 */
export interface Erasures {
  /** Tokens issued up to `at`, server time in ms, speak for nobody any more. It never moves back. */
  remember(userId: string, at: number): Promise<void>;
  /** When somebody of that id was erased; undefined if nobody was, or it is forgotten. */
  of(userId: string): Promise<number | undefined>;
  /** Forgets those of before `before` (server time, ms), a bounded number at a time; how many it forgot. */
  forget(before: number): Promise<number>;
}

/** Forgotten in one call. */
export const ERASURES_AT_ONCE = 1_000;

/** What stands for a person, here and in every copy of the database. */
export function hashOf(userId: string): string {
  return createHash("sha256").update(`erased ${userId}`).digest("hex");
}
