/** What waits in it: of one conversation or another. */
interface Queued {
  readonly command: { readonly conversationId: string };
}

/**
 * What waits for its commit. A conversation that is being committed to waits until that is over, so that what is said in
 * it stays in order however many commits there are at once.
 *
 * Laws:
 *   1  What is taken is of no conversation of which something was taken and not released.
 *   2  Of one conversation everything is taken once, in the order in which it came.
 */
export class CommitQueue<Item extends Queued> {
  #ready: Item[] = [];
  /** What came of the conversations that are being committed to. */
  readonly #held = new Map<string, Item[]>();
  #length = 0;

  /** Whether or not they can be taken now. */
  get length(): number {
    return this.#length;
  }

  /** Is there anything to take? */
  get isReady(): boolean {
    return this.#ready.length > 0;
  }

  push(item: Item): void {
    this.#length += 1;
    this.#sort(item);
  }

  /** The first ones, `most` at most. Their conversations wait until they are released. */
  take(most: number): readonly Item[] {
    const items = this.#ready.splice(0, most);
    for (const id of conversationsOf(items)) this.#held.set(id, []);
    for (const item of this.#ready.splice(0)) this.#sort(item);
    this.#length -= items.length;
    return items;
  }

  /** The commit of what was taken is over. */
  release(items: readonly Item[]): void {
    for (const id of conversationsOf(items)) {
      const waiting = this.#held.get(id) ?? [];
      this.#held.delete(id);
      for (const item of waiting) this.#ready.push(item);
    }
  }

  #sort(item: Item): void {
    (this.#held.get(item.command.conversationId) ?? this.#ready).push(item);
  }
}

function conversationsOf(items: readonly Queued[]): Set<string> {
  return new Set(items.map(({ command }) => command.conversationId));
}
