import { advanceDelivery, type DeliveryEvent, type DeliveryStatus } from "../delivery/machine.ts";
import { isErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Ack } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import type { Recorded, Refused } from "./journal.ts";
import type { Turn } from "./lane.ts";

/** A command on its way, as applications see it. */
export interface OutboxEntry {
  readonly command: Command;
  readonly status: DeliveryStatus;
  /** How often it was submitted. */
  readonly attempts: number;
  /** It fails with `outbox/expired` if it has not gone by then, client's clock in ms. */
  readonly expiresAtMs: number | undefined;
  /** Why it failed, or why it has to wait. */
  readonly error: MessagingError | undefined;
}

type Outcome = { readonly ack: Ack } | { readonly error: MessagingError };

/** One command's life in the outbox: its turn, its delivery status, and those who wait for its end. */
export class Entry implements OutboxEntry, Recorded, Turn {
  readonly command: Command;
  turn = 0;
  /** Among all that were given on this storage, by whatever life. */
  place = 0;
  readonly size = 1;
  readonly weight = 0;
  /** Not to be submitted any more from then on, client's clock in ms. */
  expiresAtMs: number | undefined;
  status: DeliveryStatus = "queued";
  attempts = 0;
  error: MessagingError | undefined;
  /** On storage, so that the first byte may leave (D1). */
  isStored = false;
  /** Settles with the attempt to get it there. */
  stored: Promise<void> = Promise.resolve();
  /** How often the backend refused it for now without saying until when, since it was last given. */
  refusals = 0;
  /** How often of those it may have been for what it says. */
  strikes = 0;
  /** The backend itself refused it for good; the same id would get the same answer again (D2). */
  refused: Refused | undefined;
  #outcome: Outcome | undefined;
  #waiting: ((outcome: Outcome) => void)[] = [];

  constructor(command: Command, expiresAtMs?: number) {
    this.command = command;
    this.expiresAtMs = expiresAtMs;
  }

  /** As an earlier life left it. */
  static restored({ command, expiresAtMs, refused, place = command.at }: Recorded): Entry {
    const entry = new Entry(command, expiresAtMs);
    entry.place = place;
    entry.isStored = true;
    if (!refused) return entry;
    const { code, message } = refused;
    const known = isErrorCode(code) ? code : "client/unknown";
    const error = new MessagingError(known, { message, retryable: false });
    entry.refused = refused;
    entry.advance("rejected", error);
    entry.end({ error });
    return entry;
  }

  /** A copy: what was handed out must not change behind the application's back. */
  get shown(): OutboxEntry {
    const { command, status, attempts, error, expiresAtMs } = this;
    return { command, status, attempts, error, expiresAtMs };
  }

  advance(event: DeliveryEvent, error?: MessagingError): void {
    this.status = advanceDelivery(this.status, event);
    this.error = error;
    if (event !== "retry") return;
    if (this.expiresAtMs !== undefined) this.isStored = false; // not as it is now
    this.#outcome = this.expiresAtMs = undefined;
    this.refusals = this.strikes = 0;
  }

  /** Tells everybody who waits, once. What ended it first stays why it failed. */
  end(outcome: Outcome): void {
    if (this.#outcome && "error" in outcome) return;
    this.#outcome = outcome;
    for (const tell of this.#waiting.splice(0)) tell(outcome);
  }

  /** Made only when asked for, so that nobody's unasked promise is ever an unhandled rejection. */
  async settled(): Promise<Ack> {
    const outcome = this.#outcome ?? (await new Promise<Outcome>((tell) => this.#waiting.push(tell)));
    if ("error" in outcome) throw outcome.error;
    return outcome.ack;
  }
}

/** Answers of adapters of one's own are looked at, too: what is taken for an ack erases what the person wrote (D1). */
export function isAckOf({ command }: Entry, ack: unknown): boolean {
  const { commandId, changes } = Object(ack);
  return commandId === command.commandId && Array.isArray(changes);
}
