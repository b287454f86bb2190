import { DatabaseError } from "pg";

interface Asker<Asked, Found> {
  readonly asked: Asked;
  readonly resolve: (found: Found) => void;
  readonly reject: (error: unknown) => void;
}

/** Read together, so many at most: one statement stays short. */
const MOST_TOGETHER = 64;
/** Other connections are for what is asked alone. */
const AT_ONCE = 2;

/**
 * Answers together who asks at one moment: in one turn of the event loop, or while others are being answered. Whatever
 * anybody is told was read after they asked.
 */
export class Gathering<Asked, Found> {
  readonly #read: (asked: readonly Asked[]) => Promise<readonly Found[]>;
  #waiting: Asker<Asked, Found>[] = [];
  #running = 0;
  #isScheduled = false;

  /** @param read - the answers, in the order of the questions. */
  constructor(read: (asked: readonly Asked[]) => Promise<readonly Found[]>) {
    this.#read = read;
  }

  ask(asked: Asked): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ asked, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < AT_ONCE && this.#waiting.length > 0) {
      this.#running += 1;
      void this.#take(this.#waiting.splice(0, MOST_TOGETHER)).then(() => {
        this.#running -= 1;
        this.#schedule();
      });
    }
  }

  async #take(askers: readonly Asker<Asked, Found>[]): Promise<void> {
    try {
      const found = await this.#read(askers.map(({ asked }) => asked));
      if (found.length !== askers.length) throw new Error("unable to answer; some were passed over");
      for (const [index, answer] of found.entries()) askers[index]?.resolve(answer);
    } catch (error) {
      if (!isRefused(error)) return this.#giveUp(askers, error);
      if (askers.length > 1) for (const each of askers) await this.#take([each]);
      else for (const { reject } of askers) reject(error);
    }
  }

  /** The database is away, or too slow: for those too who wait. They may come again. */
  #giveUp(askers: readonly Asker<Asked, Found>[], error: unknown): void {
    for (const { reject } of [...askers, ...this.#waiting.splice(0)]) reject(error);
  }
}

/** A value the database does not take: one asker's, and no fault of the others. SQLSTATE class 22. */
function isRefused(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith("22") === true;
}
