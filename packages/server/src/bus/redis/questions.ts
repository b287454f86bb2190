import type { Clock } from "../../engine/clock.ts";

/** So long the others may take. On a busy network it takes milliseconds; a node that is gone counts as one for seconds. */
const PATIENCE_MS = 500;

interface Question {
  /** Who has not answered yet. */
  readonly awaited: Set<string>;
  readonly named: Set<string>;
  end(): void;
}

/** Questions to all other nodes, each of which answers with names. */
export class Questions {
  readonly #clock: Clock;
  readonly #open = new Map<number, Question>();
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param nodes - who is waited for, at most for a while.
   * @param say - asks, under this number.
   * @returns whom they named.
   */
  ask(nodes: readonly string[], say: (question: number) => void): Promise<ReadonlySet<string>> {
    const named = new Set<string>();
    if (nodes.length === 0) return Promise.resolve(named);
    const question = (this.#last += 1);
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#open.delete(question);
        resolve(named);
      };
      const cancel = this.#clock.every(PATIENCE_MS, end);
      this.#open.set(question, { awaited: new Set(nodes), named, end });
      say(question);
    });
  }

  hear(from: string, question: number, names: readonly string[]): void {
    const open = this.#open.get(question);
    if (!open) return; // too late
    for (const name of names) open.named.add(name);
    open.awaited.delete(from);
    if (open.awaited.size === 0) open.end();
  }

  /** Nobody is waited for any more. */
  close(): void {
    for (const { end } of this.#open.values()) end();
  }
}
