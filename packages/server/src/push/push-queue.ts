import type { Cancel, Clock } from "../engine/clock.ts";
import type { PushMessage, PushOutcome, PushProvider } from "./provider.ts";

export interface PushQueueOptions {
  readonly provider: PushProvider;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly onOutcome: (kind: PushOutcome["kind"] | "dropped", message: PushMessage) => void;
  readonly onFailure: (error: unknown) => void;
}

interface Waiting {
  readonly message: PushMessage;
  readonly givenAt: number;
  readonly attempts: number;
  /** Not before. */
  readonly at: number;
}

/** Pushes that wait (D9): beyond, those that have waited longest are dropped. */
const MOST_WAITING = 10_000;
/** Pushes under way at once. */
const MOST_AT_ONCE = 16;
const MOST_ATTEMPTS = 6;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;
const TICK_MS = 250;

/**
 * Pushes what it is given, one for one device and topic at a time. What a service cannot take now is tried again, ever
 * more seldom, until it was tried often enough or nobody wants to know any more.
 */
export class PushQueue {
  readonly #options: PushQueueOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #underWay = new Set<string>();
  #cancel: Cancel | undefined;

  constructor(options: PushQueueOptions) {
    this.#options = options;
  }

  /** Instead of what waits for the same device of the same topic. */
  add(message: PushMessage): void {
    const now = this.#options.clock.now();
    this.#put({ message, givenAt: now, attempts: 0, at: now });
    this.#go();
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#underWay.size === 0;
  }

  /** Sends nothing more. */
  stop(): void {
    this.#cancel?.();
    for (const { message } of this.#waiting.values()) this.#options.onOutcome("dropped", message);
    this.#waiting.clear();
  }

  #put(waiting: Waiting): void {
    const key = keyOf(waiting.message);
    this.#waiting.delete(key);
    this.#waiting.set(key, waiting);
    const [oldest] = this.#waiting;
    if (this.#waiting.size <= MOST_WAITING || !oldest) return;
    this.#waiting.delete(oldest[0]);
    this.#options.onOutcome("dropped", oldest[1].message);
  }

  #go(): void {
    const now = this.#options.clock.now();
    for (const [key, waiting] of this.#waiting) {
      if (this.#underWay.size >= MOST_AT_ONCE) break;
      if (waiting.at > now || this.#underWay.has(key)) continue;
      this.#waiting.delete(key);
      this.#underWay.add(key);
      void this.#send(key, waiting);
    }
    if (this.#waiting.size === 0) {
      this.#cancel?.();
      this.#cancel = undefined;
    } else this.#cancel ??= this.#options.clock.every(TICK_MS, () => this.#go());
  }

  async #send(key: string, waiting: Waiting): Promise<void> {
    const { provider, onFailure } = this.#options;
    let outcome: PushOutcome = { kind: "later" };
    try {
      outcome = await provider.push(waiting.message);
    } catch (error) {
      onFailure(error);
    }
    this.#underWay.delete(key);
    this.#settle(key, waiting, outcome);
    this.#go();
  }

  #settle(key: string, { message, givenAt, attempts: before }: Waiting, outcome: PushOutcome): void {
    const { clock, random, onOutcome } = this.#options;
    onOutcome(outcome.kind, message);
    if (outcome.kind === "refused") this.#options.onFailure(new Error(`unable to push; ${outcome.reason}`));
    if (outcome.kind !== "later" || this.#waiting.has(key)) return;
    const attempts = before + 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** before) * (0.5 + random() / 2);
    const at = clock.now() + Math.max(outcome.afterMs ?? 0, waitMs);
    if (attempts < MOST_ATTEMPTS && at < givenAt + message.ttlMs)
      this.#put({ message, givenAt, attempts, at });
    else onOutcome("dropped", message);
  }
}

function keyOf({ target: { userId, deviceId }, topic }: PushMessage): string {
  return `${topic} ${deviceId} ${userId}`;
}
