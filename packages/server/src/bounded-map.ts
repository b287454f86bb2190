/**
 * A map that forgets what has not been used for long once it holds more than `most` entries (D9).
 *
 * Two generations: what is used moves to the younger one, and when that is half of all, the older one is dropped.
 * Cheaper than keeping an exact order of use, and as good for a cache.
 */
export class BoundedMap<Key, Item> {
  readonly #perGeneration: number;
  #young = new Map<Key, Item>();
  #old = new Map<Key, Item>();

  constructor(most: number) {
    this.#perGeneration = Math.max(1, Math.floor(most / 2));
  }

  get(key: Key): Item | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  set(key: Key, item: Item): void {
    this.#young.set(key, item);
    if (this.#young.size <= this.#perGeneration) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
