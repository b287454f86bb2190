import type { Clock } from "./clock.ts";

/**
 * So long a commit has the store to itself, and what comes meanwhile shares the next: many small ones would cost more. One
 * that takes longer waits for something, such as a row that somebody has locked, for which nobody else has to wait.
 */
const STUCK_MS = 20;

/** Whether another commit may begin: one runs at a time, and one more beside those that are stuck, as many as the store takes. */
export class CommitSlots {
  readonly #atOnce: number;
  readonly #clock: Pick<Clock, "every">;
  readonly #onFree: () => void;
  #taken = 0;
  #stuck = 0;

  /** @param onFree - told when one is free because a commit is stuck. */
  constructor(atOnce: number, clock: Pick<Clock, "every">, onFree: () => void) {
    this.#atOnce = atOnce;
    this.#clock = clock;
    this.#onFree = onFree;
  }

  get isFree(): boolean {
    return this.#taken === this.#stuck && this.#taken < this.#atOnce;
  }

  /** @returns to be called when the commit is over. */
  take(): () => void {
    this.#taken += 1;
    let isStuck = false;
    const stick = (): void => {
      if (isStuck) return;
      isStuck = true;
      this.#stuck += 1;
      this.#onFree();
    };
    // Whoever takes one at a time need not know.
    const cancel = this.#atOnce > 1 ? this.#clock.every(STUCK_MS, stick) : undefined;
    return () => {
      cancel?.();
      this.#taken -= 1;
      if (isStuck) this.#stuck -= 1;
    };
  }
}
