import type { BusEvent, CommittedEvent } from "../../bus/bus.ts";

/** How long a change may wait for one before it: what is still on its way arrives within milliseconds. */
const HOLD_MS = 100;

/** Events held at most; beyond that they are forgotten, as the store has them (D9). */
const MOST_HELD = 1_000;

/** A conversation of which something may be missing here. */
interface Doubt {
  /** Since when it has been waited for; what does not come by itself is waited for no longer. */
  since: number;
  /** How often it was said that nobody knows how much it is: only the store can tell that it is nothing. */
  unknown: number;
  /** By revision. */
  changes: CommittedEvent[];
  others: BusEvent[];
}

export interface Overdue {
  readonly conversationId: string;
  /** To be given back to `release`. */
  readonly unknown: number;
}

export interface SequencerOptions {
  /** How far a conversation was told here; undefined for one nobody here is in. */
  readonly revOf: (conversationId: string) => number | undefined;
  readonly deliver: (event: BusEvent) => void;
}

/**
 * Brings what is told of each conversation into the order of its revisions.
 *
 * Laws:
 *   1  Of a conversation somebody here is in, changes are delivered with the revision after the last, or held.
 *   2  What was delivered is not delivered again: an old membership must not undo a newer one (D8).
 *   3  While something may be missing, receipts and signals wait: what is missing may say who went (D8).
 *   4  What is missing for longer than `HOLD_MS`, or will not come by itself, is named by `overdue` (D4).
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #doubts = new Map<string, Doubt>();
  #held = 0;

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  get isAtRest(): boolean {
    return this.#doubts.size === 0;
  }

  take(event: BusEvent, now: number): void {
    switch (event.type) {
      case "committed":
        return this.#takeChanges(event, now);
      case "receipt":
        return this.#takeOther(event.receipt.conversationId, event);
      case "typing":
        return this.#takeOther(event.conversationId, event);
      case "presence": {
        const isDoubted = (id: string): boolean => this.#doubts.has(id);
        for (const id of event.conversationIds.filter(isDoubted))
          this.#takeOther(id, { ...event, conversationIds: [id] });
        const sure = event.conversationIds.filter((id) => !isDoubted(id));
        return sure.length > 0 ? this.#options.deliver({ ...event, conversationIds: sure }) : undefined;
      }
      case "erased":
      case "lost":
        return; // says nothing of its own
    }
  }

  /** Something may be missing that does not come by itself. */
  doubt(conversationId: string): void {
    if (this.#options.revOf(conversationId) !== undefined)
      this.#doubtOf(conversationId, -Infinity).unknown += 1;
  }

  /** Delivers what was read from the store, unless it was delivered meanwhile. */
  fill(event: CommittedEvent): void {
    const { conversationId, rev } = event.head;
    if (rev > (this.#options.revOf(conversationId) ?? Infinity)) this.#options.deliver(event);
  }

  /** The first revision that is held: what is read from the store is told only as far as that. */
  firstHeld(conversationId: string): number {
    return firstRev(this.#doubts.get(conversationId)?.changes[0]);
  }

  /** How far it was delivered, or is held. */
  heard(conversationId: string): number {
    const last = this.#doubts.get(conversationId)?.changes.at(-1);
    return Math.max(this.#options.revOf(conversationId) ?? 0, last?.head.rev ?? 0);
  }

  /**
   * The store was read.
   *
   * @param unknown - as `overdue` said before it was: what was doubted since has to be read again.
   */
  release(conversationId: string, unknown: number, now: number): void {
    const doubt = this.#doubts.get(conversationId);
    if (doubt?.unknown === unknown) doubt.unknown = 0;
    this.#goOn(conversationId, now);
  }

  /** Conversations of which the store has to be read. */
  overdue(now: number): readonly Overdue[] {
    return [...this.#doubts]
      .filter(([, { since }]) => now - since >= HOLD_MS)
      .map(([conversationId, { unknown }]) => ({ conversationId, unknown }));
  }

  #takeChanges(event: CommittedEvent, now: number): void {
    const { conversationId } = event.head;
    const rev = this.#options.revOf(conversationId);
    if (rev === undefined || firstRev(event) <= rev + 1) {
      this.#pass(event, rev);
      this.#goOn(conversationId, now);
    } else if (this.#makeRoom(conversationId)) {
      const { changes } = this.#doubtOf(conversationId, now);
      changes.push(event);
      changes.sort((one, other) => firstRev(one) - firstRev(other));
    }
  }

  #takeOther(conversationId: string, event: BusEvent): void {
    const doubt = this.#doubts.get(conversationId);
    if (!doubt) this.#options.deliver(event);
    else if (this.#makeRoom(conversationId)) doubt.others.push(event);
  }

  #pass(event: CommittedEvent, rev: number | undefined): void {
    const isFresh = rev === undefined || firstRev(event) > rev;
    const changes = isFresh ? event.changes : event.changes.filter((change) => change.rev > rev);
    if (changes.length > 0) this.#options.deliver(isFresh ? event : { ...event, changes });
  }

  /** Delivers what is held and need not be any longer. */
  #goOn(conversationId: string, now: number): void {
    const { revOf, deliver } = this.#options;
    const doubt = this.#doubts.get(conversationId);
    if (!doubt) return;
    for (let next = doubt.changes[0]; next; next = doubt.changes[0]) {
      const rev = revOf(conversationId);
      if (rev !== undefined && firstRev(next) > rev + 1) break;
      doubt.changes.shift();
      this.#held -= 1;
      this.#pass(next, rev);
    }
    // What is still held is so since now: something was delivered, or could not be read just yet.
    if (doubt.unknown === 0) doubt.since = now;
    if (doubt.unknown > 0 || doubt.changes.length > 0) return;
    this.#doubts.delete(conversationId);
    this.#held -= doubt.others.length;
    doubt.others.forEach(deliver);
  }

  #doubtOf(conversationId: string, since: number): Doubt {
    const known = this.#doubts.get(conversationId);
    const doubt = known ?? { since, unknown: 0, changes: [], others: [] };
    doubt.since = Math.min(doubt.since, since);
    if (!known) this.#doubts.set(conversationId, doubt);
    return doubt;
  }

  /** Beyond the bound what is held is forgotten: changes are read from the store, receipts come at the next resume. */
  #makeRoom(conversationId: string): boolean {
    if (this.#held < MOST_HELD) {
      this.#held += 1;
      return true;
    }
    const doubt = this.#doubtOf(conversationId, -Infinity);
    this.#held -= doubt.changes.length + doubt.others.length;
    doubt.unknown += 1;
    doubt.changes = [];
    doubt.others = [];
    return false;
  }
}

function firstRev(event: CommittedEvent | undefined): number {
  return event?.changes[0]?.rev ?? Infinity;
}
