/** A node that was not heard of for this long is gone: five signs of life. */
const SILENT_MS = 5_000;

/** How long one is waited for that fell silent without a good-bye. */
const MISSED_MS = 300_000;

interface Peer {
  /** The number of the last thing it said. */
  readonly n: number;
  readonly heardAt: number;
}

/**
 * The other nodes, as far as they were heard of. Each numbers what it says: a number left out is something lost.
 *
 * Laws:
 *   1  `hear` answers false if something may have been lost since the last, or before the first.
 *   2  A node that falls silent and comes back is one heard for the first time.
 */
export class Peers {
  readonly #peers = new Map<string, Peer>();
  /** Until when they are waited for. */
  readonly #silent = new Map<string, number>();

  /** @param isNew - it said something; otherwise only how much it has said so far. */
  hear(from: string, n: number, isNew: boolean, now: number): boolean {
    const last = this.#peers.get(from)?.n ?? 0;
    this.#peers.set(from, { n, heardAt: now });
    this.#silent.delete(from);
    return n === (isNew ? last + 1 : last);
  }

  /** It lives; how much it has said is not known by that. */
  note(from: string, now: number): void {
    this.#peers.set(from, { n: this.#peers.get(from)?.n ?? 0, heardAt: now });
  }

  /** Those that are heard. */
  get ids(): readonly string[] {
    return [...this.#peers.keys()];
  }

  /** It said good-bye. */
  forget(from: string): void {
    this.#peers.delete(from);
    this.#silent.delete(from);
  }

  /** Nodes that fell silent since the last call; what they said last may have been lost. */
  sweep(now: number): readonly string[] {
    const silent = [...this.#peers]
      .filter(([, { heardAt }]) => now - heardAt >= SILENT_MS)
      .map(([from]) => from);
    for (const from of silent) {
      this.#peers.delete(from);
      this.#silent.set(from, now + MISSED_MS);
    }
    return silent;
  }

  isAnySilent(now: number): boolean {
    for (const [from, until] of this.#silent) if (until <= now) this.#silent.delete(from);
    return this.#silent.size > 0;
  }
}
