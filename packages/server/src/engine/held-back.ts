type Task = () => void;

/**
 * What is to be done as soon as something is known of somebody: theirs in the order in which it came. Of all people
 * together no more than `most` is held (D9): beyond, all of whoever has waited longest is dropped.
 */
export class HeldBack {
  readonly #most: number;
  readonly #tasks = new Map<string, Task[]>();
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whoever has waited longest first. */
  get userIds(): IterableIterator<string> {
    return this.#tasks.keys();
  }

  add(userId: string, task: Task): void {
    const tasks = this.#tasks.get(userId) ?? [];
    this.#tasks.set(userId, tasks);
    tasks.push(task);
    this.#count += 1;
    const [longest = userId] = this.userIds;
    if (this.#count > this.#most) this.take(longest);
  }

  /** They are held no more. */
  take(userId: string): readonly Task[] {
    const tasks = this.#tasks.get(userId) ?? [];
    this.#tasks.delete(userId);
    this.#count -= tasks.length;
    return tasks;
  }
}
