/** Who waits until what had arrived by `until` is answered. */
interface Waiting {
  readonly until: number;
  left: number;
  readonly resolve: () => void;
}

/** Counts what arrives and is answered, in whatever order, for those who wait until all before them is. */
export class Tally {
  #arrived = 0;
  #answered = 0;
  #waiting: Waiting[] = [];

  /** The number of what arrives now, from 1. */
  arrive(): number {
    this.#arrived += 1;
    return this.#arrived;
  }

  /** @param arrivals - numbers given by `arrive`, each told once. */
  answer(arrivals: readonly number[]): void {
    this.#answered += arrivals.length;
    for (const waiting of this.#waiting) {
      waiting.left -= arrivals.filter((arrival) => arrival <= waiting.until).length;
      if (waiting.left === 0) waiting.resolve();
    }
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
  }

  /** Resolves when everything that has arrived is answered, whatever arrives meanwhile. */
  async settled(): Promise<void> {
    const left = this.#arrived - this.#answered;
    if (left === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push({ until: this.#arrived, left, resolve }));
  }
}
