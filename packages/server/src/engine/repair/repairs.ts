import type { Change } from "@tidings/core/protocol";
import type { BusEvent, CommittedEvent, LostEvent } from "../../bus/bus.ts";
import { mayRead } from "../../access.ts";
import type { Store } from "../../store/store.ts";
import type { Cancel, Clock } from "../clock.ts";
import { eachOf } from "../each-of.ts";
import type { Roster } from "../roster.ts";
import { Rereading } from "./rereading.ts";
import { type Overdue, Sequencer } from "./sequencer.ts";

export interface RepairsOptions {
  readonly store: Pick<Store, "query" | "memberships">;
  readonly roster: Roster;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly deliver: (event: BusEvent) => void;
  /** Told how many changes were read from the store that nobody had told. */
  readonly onRepaired: (changes: number) => void;
  readonly onFailure: (error: unknown) => void;
}

/** How often it looks round while something is missing. */
const LOOK_MS = 50;

/** The store is left alone for so long after it failed. */
const RETRY_MS = 1_000;

/** A commit that nobody knows the outcome of may still be under way: longer than a statement may take. */
const LATE_MS = 15_000;

/**
 * Sees that everybody here is told of all that is durable (D4), whatever the bus loses and whichever answer of the store
 * is lost. Revisions are dense, so what is missing shows: by a later change, by an answer to its author, by a bus that
 * says so. The store is what happened; the bus only says it sooner.
 */
export class Repairs {
  readonly #options: RepairsOptions;
  readonly #sequencer: Sequencer;
  readonly #rereading: Rereading;
  /** Whose memberships have to be read. */
  readonly #users = new Set<string>();
  readonly #timers = new Set<Cancel>();
  #isLooking = false;
  #isReading = false;
  #isStopped = false;
  #restUntil = -Infinity;

  constructor(options: RepairsOptions) {
    const { store, roster, newId, deliver } = options;
    const sequencer = new Sequencer({ deliver, revOf: (id) => roster.conversation(id)?.head.rev });
    this.#options = options;
    this.#sequencer = sequencer;
    this.#rereading = new Rereading({
      ...{ store, roster, newId },
      fill: (event) => this.#fill(event),
      admit: deliver,
      firstHeld: (id) => sequencer.firstHeld(id),
      heard: (id) => sequencer.heard(id),
      doubt: (id) => sequencer.doubt(id),
    });
  }

  /** Everything the bus brings. */
  hear(event: BusEvent): void {
    if (event.type === "lost") this.#suspect(event);
    else this.#sequencer.take(event, this.#options.clock.now());
    if (!this.#isAtRest) this.#look();
  }

  /** These changes are durable and should have been told: the bus may have lost them, or nobody published them. */
  expect(conversationId: string, changes: readonly Change[]): void {
    const { roster } = this.#options;
    const live = roster.conversation(conversationId);
    const rev = changes.at(-1)?.rev ?? 0;
    if (live && this.#sequencer.heard(conversationId) >= rev) return;
    const here = changes.flatMap(({ record }) =>
      record.type === "participant" && mayRead(record) && roster.users.has(record.userId)
        ? [record.userId]
        : [],
    );
    if (live || here.length > 0)
      this.hear({ type: "lost", conversationIds: [conversationId], userIds: here });
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#timers) cancel();
  }

  #suspect(lost: LostEvent): void {
    const { clock, roster } = this.#options;
    const { conversationIds, userIds = conversationIds ? [] : roster.users.keys(), isUnderWay } = lost;
    for (const id of conversationIds ?? []) this.#sequencer.doubt(id);
    for (const id of userIds) if (roster.users.has(id)) this.#users.add(id);
    clock.soon(() => void this.#read());
    if (isUnderWay) this.#after(LATE_MS, () => this.hear({ ...lost, isUnderWay: false }));
  }

  get #isAtRest(): boolean {
    return this.#users.size === 0 && this.#sequencer.isAtRest;
  }

  #fill(event: CommittedEvent): void {
    this.#sequencer.fill(event);
    if (event.changes.length > 0) this.#options.onRepaired(event.changes.length);
  }

  /** Again and again, until nothing is missing any more. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#after(LOOK_MS, () => {
      this.#isLooking = false;
      if (this.#isAtRest) return;
      void this.#read();
      this.#look();
    });
  }

  async #read(): Promise<void> {
    const { clock, onFailure } = this.#options;
    if (this.#isReading || this.#isStopped || clock.now() < this.#restUntil) return;
    this.#isReading = true;
    try {
      await eachOf([...this.#users], (userId) => this.#readUser(userId));
      await eachOf(this.#sequencer.overdue(clock.now()), (doubt) => this.#readConversation(doubt));
    } catch (error) {
      this.#restUntil = clock.now() + RETRY_MS;
      onFailure(error);
    } finally {
      this.#isReading = false;
    }
  }

  async #readUser(userId: string): Promise<void> {
    this.#users.delete(userId);
    try {
      await this.#rereading.user(userId);
    } catch (error) {
      this.#users.add(userId);
      throw error;
    }
  }

  async #readConversation({ conversationId, unknown }: Overdue): Promise<void> {
    if (await this.#rereading.conversation(conversationId))
      this.#sequencer.release(conversationId, unknown, this.#options.clock.now());
  }

  #after(delayMs: number, task: () => void): void {
    if (this.#isStopped) return;
    const cancel = this.#options.clock.every(delayMs, () => {
      cancel();
      this.#timers.delete(cancel);
      task();
    });
    this.#timers.add(cancel);
  }
}
