import { MessagingError } from "../errors/messaging-error.ts";
import type { Entry } from "./entry.ts";

/**
 * Finds the command whose frame makes the backend end the link (close codes 4400, 4413, 1009): sent again on each new
 * link, it would end that one too, and everybody behind it would wait for ever (D7, D9).
 *
 * Whoever was out when a link ended like that is a suspect. As long as there are suspects only one command is out at a
 * time, whatever its conversation; the one that was alone when links ended, twice, is it.
 */
export interface Suspects {
  /** May another command go, with so many out? */
  allows(flying: number): boolean;
  /** It goes, with none but itself out if there are suspects. */
  departs(entry: Entry): void;
  /** It was answered, or is gone. */
  clear(entry: Entry): void;
  /** The attempt ended with `error`. @returns why it has to be parked, if it has to. */
  blame(entry: Entry, error: MessagingError): MessagingError | undefined;
}

/** One end might be the fault of what goes unanswered, as a signal. */
const MOST_ENDS = 2;

export function createSuspects(): Suspects {
  /** How many links each has ended alone. */
  const ends = new Map<Entry, number>();
  const alone = new WeakSet<Entry>();
  return {
    allows: (flying) => flying === 0 || ends.size === 0,
    departs(entry) {
      if (ends.size > 0) alone.add(entry);
    },
    clear: (entry) => void ends.delete(entry),
    blame(entry, { cause }) {
      if (!isOurFault(cause)) return undefined;
      const count = (ends.get(entry) ?? 0) + Number(alone.has(entry));
      ends.set(entry, count);
      return count < MOST_ENDS ? undefined : cause;
    },
  };
}

/** Of the code of a link's end: was it about what we had sent? Of `version` and `hello` the connection sees to. */
export function isOurFault(cause: unknown): cause is MessagingError {
  return cause instanceof MessagingError && /^protocol\/(malformed|too-large)$/.test(cause.code);
}
