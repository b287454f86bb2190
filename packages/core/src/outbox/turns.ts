import type { Clock } from "../base/clock.ts";
import type { Entry } from "./entry.ts";

/** Who comes before whom: in the lanes of this life, and on storage for the next. */
export interface Turns {
  /** It was given now, after all others. */
  giveTo(entry: Entry): void;
  /**
   * What earlier lives left, in the order given, goes before the others, which this one was given.
   *
   * @returns those of the others that have another place than on storage now: they would have come before it there.
   */
  putFirst(restored: readonly Entry[], others: readonly Entry[]): readonly Entry[];
}

/** Turns count up from here, and for what earlier lives of the client left, down. */
const FIRST_TURN = 2 ** 20;
/** Between two of one millisecond, and while the clock is behind; a number of this size can still say it. */
const STEP = 1 / 1_024;

export function createTurns(clock: Clock): Turns {
  let first = FIRST_TURN;
  let last = FIRST_TURN;
  /** The highest place on storage that is known. */
  let latest = 0;

  const newPlace = (): number => (latest = Math.max(clock.now(), latest + STEP));

  return {
    giveTo(entry) {
      entry.turn = ++last;
      entry.place = newPlace();
    },
    putFirst(restored, others) {
      const highest = restored.at(-1)?.place ?? 0;
      first -= restored.length;
      for (const [index, entry] of restored.entries()) entry.turn = first + index;
      latest = Math.max(latest, highest);
      const overtaken = others.filter(({ status, place }) => status !== "failed" && place <= highest);
      for (const entry of overtaken) entry.place = newPlace();
      return overtaken;
    },
  };
}
