import type { Refusal } from "../store/store.ts";
import { refuse } from "./packets.ts";

interface Issued {
  /** Server time, ms. */
  readonly issuedAt?: number | undefined;
}

/** What somebody asked for before they were erased is not done any more. @param at - when that was, if ever. */
export function isOutlived(since: number, at: number | undefined): boolean {
  return at !== undefined && since <= at;
}

/** A token that does not say when it was issued may be of any time. @param at - when its user was erased. */
export function outlived({ issuedAt = -Infinity }: Issued, at: number): Refusal | undefined {
  return issuedAt > at
    ? undefined
    : refuse(
        "auth/invalid",
        "unable to accept the token; whoever it speaks for was erased since it was issued",
      );
}
