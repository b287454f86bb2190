import type { Rate } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";
import { Rates, type Sending, type SharedRates, type ShareRates } from "../engine/rates.ts";

/** How many names are remembered of those who have to wait (D9). */
const MOST_WAITING = 10_000;

export interface RequestRateOptions {
  /** In the long run; twice as many at once. */
  readonly perSecond: number;
  /** Server time, ms. */
  readonly now: () => number;
  /** Absent: this node is the only one. */
  readonly share: ShareRates | undefined;
  /** What is counted: buckets of another name are others. */
  readonly of: "request" | "address";
}

/** How many requests a user, a key or an address may make: token buckets, as for messages. */
export class RequestRate {
  readonly #rates: Rates;
  readonly #shared: SharedRates | undefined;
  readonly #now: () => number;
  /** Until when they have to wait: before that the others need not be asked. */
  readonly #until = new BoundedMap<string, number>(MOST_WAITING);

  constructor({ perSecond, now, share, of }: RequestRateOptions) {
    const rate: Rate = {
      name: "second",
      scope: "user",
      tokens: perSecond,
      perMs: 1_000,
      burst: 2 * perSecond,
    };
    this.#rates = new Rates([rate]);
    this.#shared = share?.(of, [rate]);
    this.#now = now;
  }

  /**
   * Counts on all nodes that share; on this one where none do, or while they cannot. Whoever comes before their time
   * is refused here, so that a flood reaches nobody else.
   *
   * @returns how long to wait; 0 if the request may go on.
   */
  async take(name: string): Promise<number> {
    const now = this.#now();
    const early = (this.#until.get(name) ?? 0) - now;
    if (early > 0) return early;
    const [ofAll] = (await this.#shared?.take([requestOf(name)])) ?? [];
    const waitMs = ofAll ?? this.#rates.take(requestOf(name), now);
    if (waitMs > 0) this.#until.set(name, now + waitMs);
    return waitMs;
  }
}

function requestOf(name: string): Sending {
  return { userId: name, conversationId: "", perMinute: undefined, factor: 1 };
}
