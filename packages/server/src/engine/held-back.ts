type Task = () => void;

/**
 * What is to be done as soon as something is known of somebody: theirs in the order in which it came, of what is about the
 * same only the last. Of all people together no more than `most` is held (D9): beyond, all of whoever has waited longest is
 * dropped.
 */
export class HeldBack {
  readonly #most: number;
  readonly #tasks = new Map<string, Map<string | object, Task>>();
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whoever has waited longest first. */
  get userIds(): IterableIterator<string> {
    return this.#tasks.keys();
  }

  add(userId: string, task: Task, about: string | object = task): void {
    const tasks = this.#tasks.get(userId) ?? new Map<string | object, Task>();
    this.#tasks.set(userId, tasks);
    if (!tasks.delete(about)) this.#count += 1;
    tasks.set(about, task);
    const [longest = userId] = this.userIds;
    if (this.#count > this.#most) this.take(longest);
  }

  /** They are held no more. */
  take(userId: string): readonly Task[] {
    const tasks = [...(this.#tasks.get(userId)?.values() ?? [])];
    this.#tasks.delete(userId);
    this.#count -= tasks.length;
    return tasks;
  }
}
