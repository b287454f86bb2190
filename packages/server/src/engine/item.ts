import type { Outcome, Refusal, Submission } from "../store/store.ts";
import type { Lane } from "./lanes.ts";
import type { Session } from "./online.ts";

/** Where a submit came from, and how it is answered. */
export interface Reply {
  readonly session: Session;
  readonly id: number;
  readonly lane: Lane | undefined;
  readonly number: number;
}

/** A command on its way to its transaction. */
export interface Item extends Submission {
  readonly reply: Reply | undefined;
  /** Not from a link: who waits for its outcome. */
  readonly done: ((outcome: Outcome) => void) | undefined;
  /** What the rates are multiplied by; undefined if it is not counted. */
  readonly rateFactor: number | undefined;
  /** Refused before it was looked at; answered in its turn all the same, so that lanes stay in order. */
  readonly refusal: Refusal | undefined;
  /** The number its lane waited for when it was refused. */
  expected: number | undefined;
  /** By the tally. */
  arrival: number;
}

/** What most items have in common. */
export const plain = {
  reply: undefined,
  done: undefined,
  rateFactor: undefined,
  refusal: undefined,
  expected: undefined,
  arrival: 0,
} as const;
