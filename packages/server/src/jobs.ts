import type { NoteRecord } from "@tidings/core/protocol";
import type { Cancel, Clock } from "./engine/clock.ts";
import type { Plans } from "./store/plans.ts";

export interface JobsOptions {
  /** Absent: the store does nothing later. */
  readonly plans: Plans | undefined;
  readonly clock: Clock;
  readonly carryOut: (note: NoteRecord) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** Where nobody wakes us. */
const LOOK_MS = 250;
/**
 * Where somebody does, we look all the same for what is so long overdue that whoever was woken must have gone: a queue
 * waits for hours before it takes a job from a node that was killed.
 */
const OVERDUE_MS = 5_000;

/** Sees to it that what people planned is done when it is due, whichever node is up then. */
export class Jobs {
  readonly #options: JobsOptions;
  #stopWork: (() => Promise<void>) | undefined;
  #stopLooking: Cancel = () => {};
  #looking: Promise<void> | undefined;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { plans, clock, carryOut } = this.#options;
    if (!plans) return;
    this.#stopWork = await plans.work?.(carryOut);
    const graceMs = this.#stopWork ? OVERDUE_MS : 0;
    this.#stopLooking = clock.every(this.#stopWork ? OVERDUE_MS : LOOK_MS, () => this.#look(plans, graceMs));
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopLooking();
    await Promise.all([this.#looking, this.#stopWork?.()]);
  }

  /** One at a time: what is slow is not asked for twice. */
  #look(plans: Plans, graceMs: number): void {
    const { clock, onFailure } = this.#options;
    this.#looking ??= this.#catchUp(plans, clock.now() - graceMs)
      .catch(onFailure)
      .finally(() => (this.#looking = undefined));
  }

  async #catchUp(plans: Plans, until: number): Promise<void> {
    const due = await plans.due(Math.max(0, until));
    await Promise.all(due.map((note) => this.#options.carryOut(note)));
  }
}
