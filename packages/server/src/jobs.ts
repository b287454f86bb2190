import { type Change, dueOf, type NoteRecord } from "@tidings/core/protocol";
import type { Cancel, Clock } from "./engine/clock.ts";
import type { Plans } from "./store/plans.ts";

export interface JobsOptions {
  /** Absent: the store does nothing later. */
  readonly plans: Plans | undefined;
  readonly clock: Clock;
  readonly carryOut: (note: NoteRecord) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** How exactly what is due is done where nobody wakes us. */
const TICK_MS = 250;
/** We look so often in any case: another process may write to the same database. */
const LOOK_MS = 60_000;
/**
 * Where somebody wakes us we look all the same for what is so long overdue that whoever was woken must have gone: a queue
 * waits for hours before it takes a job from a node that was killed.
 */
const OVERDUE_MS = 5_000;

/** Sees to it that what people planned is done when it is due, whichever node is up then. */
export class Jobs {
  readonly #options: JobsOptions;
  /** When there is something to look for. */
  #nextAt = 0;
  #graceMs = 0;
  #stopWork: (() => Promise<void>) | undefined;
  #stopTicking: Cancel = () => {};
  #looking: Promise<void> | undefined;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { plans, clock, carryOut } = this.#options;
    if (!plans) return;
    this.#stopWork = await plans.work?.(carryOut);
    this.#graceMs = this.#stopWork ? OVERDUE_MS : 0;
    this.#stopTicking = clock.every(this.#stopWork ? OVERDUE_MS : TICK_MS, () => {
      if (clock.now() >= this.#nextAt) this.#look(plans);
    });
  }

  /** Told of what took effect: there may be something to do earlier. */
  heard(changes: readonly Change[]): void {
    for (const { record } of changes) {
      const dueAt = record.type === "note" ? dueOf(record) : undefined;
      if (dueAt !== undefined) this.#nextAt = Math.min(this.#nextAt, dueAt + this.#graceMs);
    }
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopTicking();
    await Promise.all([this.#looking, this.#stopWork?.()]);
  }

  /** One at a time: what is slow is not asked for twice. */
  #look(plans: Plans): void {
    const { onFailure } = this.#options;
    this.#looking ??= this.#catchUp(plans)
      .catch(onFailure)
      .finally(() => (this.#looking = undefined));
  }

  async #catchUp(plans: Plans): Promise<void> {
    const { clock, carryOut } = this.#options;
    const due = await plans.due(Math.max(0, clock.now() - this.#graceMs));
    await Promise.all(due.map((note) => carryOut(note)));
    this.#nextAt = clock.now() + LOOK_MS; // what is heard of from here on counts
    const next = await plans.next();
    if (next !== undefined) this.#nextAt = Math.min(this.#nextAt, next + this.#graceMs);
  }
}
