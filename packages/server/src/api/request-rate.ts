import type { Rate } from "@tidings/core/protocol";
import { Rates, type Sending, type SharedRates, type ShareRates } from "../engine/rates.ts";

/** How many requests a user, a key or an address may make: token buckets, as for messages. */
export class RequestRate {
  readonly #rates: Rates;
  readonly #shared: SharedRates | undefined;
  readonly #now: () => number;

  /** @param perSecond - in the long run; twice as many at once. */
  constructor(perSecond: number, now: () => number, share?: ShareRates) {
    const rate: Rate = {
      name: "second",
      scope: "user",
      tokens: perSecond,
      perMs: 1_000,
      burst: 2 * perSecond,
    };
    this.#rates = new Rates([rate]);
    this.#shared = share?.("request", [rate]);
    this.#now = now;
  }

  /** Counts on this node. @returns how long to wait; 0 if the request may go on. */
  take(name: string): number {
    return this.#rates.take(requestOf(name), this.#now());
  }

  /** Counts on all nodes that share; on this one where none do, or while they cannot. */
  async takeOfAll(name: string): Promise<number> {
    const [waitMs] = (await this.#shared?.take([requestOf(name)])) ?? [];
    return waitMs ?? this.take(name);
  }
}

function requestOf(name: string): Sending {
  return { userId: name, conversationId: "", perMinute: undefined, factor: 1 };
}
