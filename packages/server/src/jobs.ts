import { type Change, dueOf, noteIdOf, type NoteRecord } from "@tidings/core/protocol";
import type { Cancel, Clock } from "./engine/clock.ts";
import { Resting } from "./resting.ts";
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
/** How soon we look again if the store failed. */
const AGAIN_MS = 1_000;
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
  #isStopped = false;
  readonly #resting = new Resting();
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
      if (dueAt !== undefined) this.#sooner(dueAt + this.#graceMs);
    }
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopTicking();
    await Promise.all([this.#looking, this.#stopWork?.()]);
  }

  /** One at a time: what is slow is not asked for twice. */
  #look(plans: Plans): void {
    if (this.#looking) return;
    const { clock, onFailure } = this.#options;
    this.#nextAt = clock.now() + LOOK_MS; // what is heard of from here on counts
    this.#looking = this.#catchUp(plans)
      .catch((error: unknown) => {
        this.#sooner(clock.now() + AGAIN_MS);
        onFailure(error);
      })
      .finally(() => (this.#looking = undefined));
  }

  /** Goes through all that is due: what fails stays due, and must not hide what comes behind it. */
  async #catchUp(plans: Plans): Promise<void> {
    const until = Math.max(0, this.#options.clock.now() - this.#graceMs);
    const done = new Set<string>();
    let left = 0;
    let due = await plans.due(until, left);
    while (due.length > 0 && !this.#isStopped) {
      const areDone = await Promise.all(due.map((note) => this.#attempt(note, done)));
      left += areDone.filter((isDone) => !isDone).length;
      due = await plans.due(until, left);
    }
    const next = await plans.next(until);
    if (next !== undefined) this.#sooner(next + this.#graceMs);
  }

  /**
   * @param done - what was done since we began to look; should it still be due, it rests like what failed.
   * @returns whether it is done; never throws.
   */
  async #attempt(note: NoteRecord, done: Set<string>): Promise<boolean> {
    const { clock, carryOut, onFailure } = this.#options;
    const key = [note.conversationId, noteIdOf(note.subject), note.value?.dueAt].join(" ");
    const until = this.#resting.until(key, clock.now());
    if (until !== undefined) this.#sooner(until);
    else if (done.has(key)) this.#sooner(this.#resting.failed(key, clock.now()));
    else {
      try {
        await carryOut(note);
        this.#resting.forget(key);
        done.add(key);
        return true;
      } catch (error) {
        this.#sooner(this.#resting.failed(key, clock.now()));
        onFailure(error);
      }
    }
    return false;
  }

  #sooner(at: number): void {
    this.#nextAt = Math.min(this.#nextAt, at);
  }
}
