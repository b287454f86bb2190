/** A map that forgets what was used least recently once it holds more than `most` entries (D9). */
export class BoundedMap<Key, Item> {
  readonly #items = new Map<Key, Item>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key): Item | undefined {
    const item = this.#items.get(key);
    if (item !== undefined) {
      this.#items.delete(key); // A Map keeps the order of insertion: the end is the most recently used.
      this.#items.set(key, item);
    }
    return item;
  }

  set(key: Key, item: Item): void {
    this.#items.delete(key);
    this.#items.set(key, item);
    if (this.#items.size <= this.#most) return;
    const oldest = this.#items.keys().next();
    if (!oldest.done) this.#items.delete(oldest.value);
  }

  clear(): void {
    this.#items.clear();
  }
}
