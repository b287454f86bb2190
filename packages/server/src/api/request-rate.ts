import type { Rate } from "@tidings/core/protocol";
import { Rates } from "../engine/rates.ts";

/** How many requests a user, a key or an address may make: token buckets, as for messages. */
export class RequestRate {
  readonly #rates: Rates;
  readonly #now: () => number;

  /** @param perSecond - in the long run; twice as many at once. */
  constructor(perSecond: number, now: () => number) {
    const rate: Rate = {
      name: "second",
      scope: "user",
      tokens: perSecond,
      perMs: 1_000,
      burst: 2 * perSecond,
    };
    this.#rates = new Rates([rate]);
    this.#now = now;
  }

  /** @returns how long to wait; 0 if the request may go on. */
  take(name: string): number {
    return this.#rates.take(
      { userId: name, conversationId: "", perMinute: undefined, factor: 1 },
      this.#now(),
    );
  }
}
