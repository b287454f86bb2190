import { BoundedMap } from "./bounded-map.ts";

interface Rest {
  readonly failures: number;
  readonly until: number;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Of more, those tried longest ago are tried again too early. */
const MOST = 10_000;

/** What failed is left alone for a while: twice as long each time, a minute at most. */
export class Resting {
  readonly #rests = new BoundedMap<string, Rest>(MOST);

  /** @returns until when; undefined if it may be tried now. */
  until(key: string, now: number): number | undefined {
    const until = this.#rests.get(key)?.until ?? now;
    return until > now ? until : undefined;
  }

  /** @returns until when it rests. */
  failed(key: string, now: number): number {
    const failures = (this.#rests.get(key)?.failures ?? 0) + 1;
    const until = now + Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
    this.#rests.set(key, { failures, until });
    return until;
  }

  forget(key: string): void {
    this.#rests.delete(key);
  }
}
