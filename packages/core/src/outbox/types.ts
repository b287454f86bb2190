import type { Clock } from "../base/clock.ts";
import type { Observable, Scope } from "../base/observable.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Random } from "../base/random.ts";
import type { Link } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import type { RateLimiter } from "../rate-limit/rate-limiter.ts";
import type { Entry, OutboxEntry } from "./entry.ts";
import type { Journal, Recorded } from "./journal.ts";

/** What waits, what is out and what failed, oldest first. */
export interface OutboxView {
  readonly entries: readonly OutboxEntry[];
  /** Not yet accepted and not failed: what a "3 messages waiting" banner counts. */
  readonly waiting: number;
  /** Parked until someone retries or cancels them; they block nobody (D7). */
  readonly failed: number;
}

export interface OutboxOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly scope: Scope;
  readonly journal: Pick<Journal, "record" | "erase">;
  readonly limiter: Pick<RateLimiter, "take" | "penalise">;
  /** More than this many entries are refused with `outbox/full` (D9). */
  readonly maxEntries: number;
  /** How many submits to one conversation may be out at once: 1 where the link keeps no order. */
  readonly window: () => number;
  /** Mints the id of a refused command that is tried again. */
  readonly nextId: () => string;
  /** An entry changed; its status says how. A copy, to be kept. */
  readonly onEntry: (entry: OutboxEntry) => void;
  readonly onAck: (ack: Ack) => void;
  /** The link took a submit and never answered. */
  readonly onStuck: () => void;
}

/** Who decides that a command has to wait for something that is no command, such as the files of a message. */
export interface Gate {
  /** What is held is shown and stored like all others, and is given to its lane when it is released. */
  isHeld(command: Command): boolean;
  /** Resolves once what a command needs beside itself, if anything, is durable; only then is it stored (D1). */
  stored(command: Command): Promise<void> | undefined;
}

/** What whoever has the gate may do. */
export interface Gatekeeper {
  /** Lets those go that are held no more, in the order given among those that wait. */
  release(): void;
  /**
   * Parks what waits: it can never go as it is (D6).
   *
   * @param isForGood - not in a later life either; what was out before may be there all the same, and is only called off
   */
  park(commandId: string, error: MessagingError, isForGood?: boolean): void;
}

export interface Outbox {
  /** From now on this gate holds what has to wait. Only one at a time. */
  keep(gate: Gate): Gatekeeper;
  readonly view: Observable<OutboxView>;
  /**
   * Takes a command in: shown as queued at once, submitted in turn. `stored` of what it answers rejects with
   * `storage/full` or `storage/failed` if it could not be stored.
   *
   * @throws {MessagingError} `outbox/full`
   */
  add(command: Command, expiresAtMs?: number): Entry;
  /** Takes back in what an earlier life of the client left on storage, before anything is out. */
  restore(commands: readonly Recorded[]): void;
  find(commandId: string): Entry | undefined;
  /** Submits a failed entry again; a command the backend refused gets a new id. Returns the entry that goes out. */
  retry(commandId: string): Entry | undefined;
  /** Calls off what is not out, or removes what failed. False if it is out, or gone. */
  cancel(commandId: string): boolean;
  /** The backend pushed what this command did: as good as its ack. */
  confirm(ack: Ack): void;
  /** The link that submits go to, or that there is none. */
  use(link: Link | undefined): void;
  all(): readonly Entry[];
  /** Somebody else's: entries leave the screen, and stay on storage for whom they belong to. */
  forget(entries: readonly Entry[]): void;
  /** Ends every wait with `client/closed`; entries stay on storage. */
  close(): void;
}
