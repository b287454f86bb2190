/**
 * Lets items pass that have to be looked at first. Those of one lane pass in the order in which they came, however long
 * each takes; lanes do not wait for each other, and what needs no time passes at once.
 */
export class Turnstile {
  readonly #last = new Map<string, Promise<void>>();

  /** @param check - starts at once; if it fails the item passes as `failed` makes it. */
  enter<Item>(
    lane: string,
    check: () => Item | Promise<Item>,
    pass: (item: Item) => void,
    failed: (error: unknown) => Item,
  ): void {
    const before = this.#last.get(lane);
    const checked = guarded(check, failed);
    if (!before && !(checked instanceof Promise)) return pass(checked);
    const passing = Promise.all([checked, before]).then(
      ([item]) => pass(item),
      async (error: unknown) => {
        await before;
        pass(failed(error));
      },
    );
    const done = passing.finally(() => {
      if (this.#last.get(lane) === done) this.#last.delete(lane);
    });
    this.#last.set(lane, done);
  }

  get isEmpty(): boolean {
    return this.#last.size === 0;
  }

  /** Resolves when all that have come so far have passed. */
  async passed(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}

function guarded<Item>(
  check: () => Item | Promise<Item>,
  failed: (error: unknown) => Item,
): Item | Promise<Item> {
  try {
    return check();
  } catch (error) {
    return failed(error);
  }
}
