import type { Reading } from "../../reading.ts";

/** A conversation that its reader was let into. */
export interface Opened extends Reading {
  /** What is remembered by revision holds for as long as this is the same: no backup, retention or erasure came. */
  readonly edition: string;
}
