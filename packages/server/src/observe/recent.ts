/** Slices a minute is kept in. */
const SLICES = 6;

interface Slice {
  readonly number: number;
  good: number;
  bad: number;
}

/** How much of what happened in the last minute went wrong. */
export class Recent {
  readonly #now: () => number;
  readonly #sliceMs: number;
  #slices: Slice[] = [];

  constructor(now: () => number, windowMs = 60_000) {
    this.#now = now;
    this.#sliceMs = windowMs / SLICES;
  }

  note(isGood: boolean, count = 1): void {
    const slice = this.#current();
    if (isGood) slice.good += count;
    else slice.bad += count;
  }

  /** The part that went wrong; 0 of fewer than `least`, which say nothing. */
  badRatio(least = 1): number {
    this.#current();
    const bad = this.#slices.reduce((sum, slice) => sum + slice.bad, 0);
    const all = this.#slices.reduce((sum, slice) => sum + slice.good, bad);
    return all < least ? 0 : bad / all;
  }

  #current(): Slice {
    const number = Math.floor(this.#now() / this.#sliceMs);
    const last = this.#slices.at(-1);
    if (last?.number === number) return last;
    const slice = { number, good: 0, bad: 0 };
    this.#slices = [...this.#slices.filter((each) => each.number > number - SLICES), slice];
    return slice;
  }
}
