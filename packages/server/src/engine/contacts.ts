import { type Approach, broughtIn, reachesOther } from "@tidings/core/domain";
import { type Change, isNotebook } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";
import type { BusEvent } from "../bus/bus.ts";
import type { Refusal, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import { guarded } from "./guarded.ts";
import { HeldBack } from "./held-back.ts";
import { refuse } from "./packets.ts";

/** Whom somebody wants no contact with, and who wants none with them; followed as long as it is remembered. */
export interface Ties {
  readonly own: Set<string>;
  readonly by: Set<string>;
  readonly readAt: number;
  /** Of what was known then: something may have been missed since. */
  readonly edition: number;
}

export interface ContactsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Told of two between whom a block came or went. */
  readonly onMoved: (oneId: string, otherId: string) => void;
  /** Told of what went wrong in what had waited. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/** People remembered at once (D9): most have blocked nobody, and take a hundred bytes. */
const MOST_PEOPLE = 100_000;
/** Direct conversations remembered: only those of people who are concerned by a block. */
const MOST_PAIRS = 10_000;
/** What no bus has said is read again after so long. */
const KEPT_MS = 60_000;
/** What waits for ties to be known (D9): more only while the store is away. */
const MOST_HELD = 100_000;
/** People asked for anew at once. */
const MOST_ASKED = 1_000;

/** One code, and one text, for whoever has blocked whom: it says nothing of the other. */
const unreachable: Refusal = refuse(
  "participant/unreachable",
  "unable to reach the person; no contact is possible",
);

/**
 * Who has blocked whom, as far as anybody here is concerned. Read once per person, then followed by what the bus tells:
 * saying something asks the store only where a block concerns who says it.
 */
export class Contacts {
  readonly #options: ContactsOptions;
  readonly #people = new BoundedMap<string, Ties>(MOST_PEOPLE);
  #edition = 0;
  readonly #held = new HeldBack(MOST_HELD);
  readonly #pairs = new BoundedMap<string, readonly string[]>(MOST_PAIRS);
  /** What was told while somebody was being read; it may or may not be in what is read. */
  readonly #reading = new Map<string, { readonly ties: Promise<Ties>; readonly missed: Change[] }>();

  constructor(options: ContactsOptions) {
    this.#options = options;
  }

  /** What is known; undefined if it has to be read first. */
  known(userId: string): Ties | undefined {
    if (!this.#options.store.blocks) return nobody;
    const ties = this.#people.get(userId);
    return ties && this.#isFresh(ties) ? ties : undefined;
  }

  of(userId: string): Ties | Promise<Ties> {
    return this.known(userId) ?? this.#reading.get(userId)?.ties ?? this.#read(userId);
  }

  /** Does surely no block concern them, so that nobody has to be asked one by one? */
  isFree(userId: string): boolean {
    const ties = this.known(userId);
    return ties !== undefined && isFree(ties);
  }

  /** Are these two to hear nothing of each other? As far as is known of either, which may be old. */
  areApart(oneId: string, otherId: string): boolean {
    const ties = this.#people.get(oneId);
    return ties ? isApart(ties, otherId) : isApart(this.#people.get(otherId) ?? nobody, oneId);
  }

  /**
   * Does it at once if the user's ties are known, else once they have been read; whatever is asked of one user, in that order.
   *
   * @param about - instead of what waits about the same: only the last of it is still worth doing.
   */
  whenKnown(userId: string, task: () => void, about?: () => string | object): void {
    if (this.known(userId)) return task();
    this.#held.add(userId, task, about?.());
    this.#renew(userId);
  }

  /** Asks anew for what the store could not say before. */
  sweep(): void {
    for (const userId of [...this.#held.userIds].slice(0, MOST_ASKED)) this.#renew(userId);
  }

  /** Why a command, or a file, reaches nobody; at once if nothing has to be read. */
  obstacle(actorId: string, approach: Approach): Refusal | undefined | Promise<Refusal | undefined> {
    if (!reachesOther(approach)) return undefined;
    const ties = this.of(actorId);
    if (ties instanceof Promise) return ties.then((read) => this.#between(actorId, read, approach));
    return this.#between(actorId, ties, approach);
  }

  /** These changes are durable. */
  heard(changes: readonly Change[]): void {
    for (const change of changes) {
      const { record } = change;
      if (record.type !== "note" || record.subject.kind !== "block") continue;
      for (const { missed } of this.#reading.values()) missed.push(change);
      this.#follow(change);
      if (record.subject.userId !== undefined) this.#options.onMoved(change.actorId, record.subject.userId);
    }
  }

  /** Something may have happened that nobody told. Blocks are set and lifted in notebooks. */
  hear(event: BusEvent): void {
    if (event.type === "lost" && (event.conversationIds?.some(isNotebook) ?? true)) this.#edition += 1;
  }

  #isFresh({ readAt, edition }: Ties): boolean {
    return edition === this.#edition && this.#options.clock.now() - readAt < KEPT_MS;
  }

  /** A store that is away is asked again the next time. */
  #renew(userId: string): void {
    const ties = this.of(userId);
    if (ties instanceof Promise) ties.catch(() => {});
  }

  #between(
    actorId: string,
    ties: Ties,
    approach: Approach,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    if (isFree(ties)) return undefined;
    const isParted = (id: string): boolean => isApart(ties, id);
    // Said without a look at the conversation, so that it tells a stranger nothing of it (D8).
    if (broughtIn(approach).some(isParted)) return unreachable;
    if (approach.type === "conversation.create") return undefined;
    const judge = (people: readonly string[]): Refusal | undefined =>
      people.includes(actorId) && people.some(isParted) ? unreachable : undefined;
    const known = this.#pairs.get(approach.conversationId);
    return known ? judge(known) : this.#readPair(approach.conversationId).then(judge);
  }

  /** What kind a conversation is, and whose a direct one, never changes: only that there is none yet is not remembered. */
  async #readPair(conversationId: string): Promise<readonly string[]> {
    const people = await this.#options.store.peopleOf?.(conversationId);
    if (people) this.#pairs.set(conversationId, people);
    return people ?? [];
  }

  #read(userId: string): Promise<Ties> {
    const { store, clock } = this.#options;
    const missed: Change[] = [];
    const edition = this.#edition;
    const reading = async (): Promise<Ties> => {
      try {
        const { own = [], by = [] } = (await store.blocks?.(userId)) ?? {};
        const ties: Ties = { own: new Set(own), by: new Set(by), readAt: clock.now(), edition };
        for (const change of missed) follow(userId, ties, change);
        // What is older than a loss may be older than what has been read of others since.
        if (edition === this.#edition) this.#learn(userId, ties);
        return ties;
      } finally {
        this.#reading.delete(userId);
        if (this.known(userId))
          for (const task of this.#held.take(userId)) guarded(this.#options.onFailure, "delivery", task);
      }
    };
    const ties = reading();
    this.#reading.set(userId, { ties, missed });
    return ties;
  }

  /** What is news here is so for the other too; whatever was shown of one to the other meanwhile is to be put right. */
  #learn(userId: string, ties: Ties): void {
    const before = this.#people.get(userId);
    this.#people.set(userId, ties);
    const others = new Set([before, ties].flatMap((known) => [...(known?.own ?? []), ...(known?.by ?? [])]));
    for (const otherId of others) {
      const other = this.#people.get(otherId);
      const wereApart = before ? isApart(before, otherId) : other && isApart(other, userId);
      if (other) toggle(other.by, userId, ties.own.has(otherId));
      if (other) toggle(other.own, userId, ties.by.has(otherId));
      if (wereApart === !isApart(ties, otherId)) this.#options.onMoved(userId, otherId);
    }
  }

  #follow(change: Change): void {
    const { record, actorId } = change;
    if (record.type !== "note") return;
    for (const userId of [actorId, record.subject.userId ?? ""]) {
      const ties = this.#people.get(userId);
      if (ties) follow(userId, ties, change);
    }
  }
}

const nobody: Ties = { own: new Set(), by: new Set(), readAt: 0, edition: 0 };

/** Does no block concern them? */
export function isFree({ own, by }: Ties): boolean {
  return own.size === 0 && by.size === 0;
}

/** Whose ties these are, and the other: are they to hear nothing of each other? */
export function isApart({ own, by }: Ties, otherId: string): boolean {
  return own.has(otherId) || by.has(otherId);
}

/** Brings what is known of a user up to a block that was set or lifted. */
function follow(userId: string, { own, by }: Ties, { actorId, record }: Change): void {
  if (record.type !== "note" || record.subject.userId === undefined) return;
  const { subject, value } = record;
  if (actorId === userId) toggle(own, record.subject.userId, value !== undefined);
  else if (subject.userId === userId) toggle(by, actorId, value !== undefined);
}

function toggle(names: Set<string>, name: string, isIn: boolean): void {
  if (isIn) names.add(name);
  else names.delete(name);
}
