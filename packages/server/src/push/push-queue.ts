import type { PushPayload } from "@tidings/core/protocol";
import type { Cancel, Clock } from "../engine/clock.ts";
import type { PushTarget } from "../store/push.ts";
import type { PushMessage, PushOutcome, PushProvider } from "./provider.ts";

export interface PushQueueOptions {
  readonly provider: PushProvider;
  /** The device as it is known by now; undefined if it took itself back, or is somebody else's. */
  readonly current: (target: PushTarget) => Promise<PushTarget | undefined>;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly onOutcome: (kind: PushOutcome["kind"] | "dropped", message: PushMessage) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Told once of a push. @param isOver - nobody need try again: it was delivered, or was not worth it any more. */
export type OnEnd = (isOver: boolean) => void;

/** Asked before what has waited is sent: what is there to tell by now? Undefined: nothing any more. */
export type Renew = () => Promise<PushPayload | undefined>;

interface Waiting {
  readonly message: PushMessage;
  readonly onEnd: OnEnd;
  readonly renew: Renew;
  readonly givenAt: number;
  readonly attempts: number;
  /** Not before. */
  readonly at: number;
}

/** Pushes that wait (D9): beyond, those that have waited longest are dropped. */
const MOST_WAITING = 10_000;
/** Pushes under way at once. */
const MOST_AT_ONCE = 16;
/** Of one person: whose devices do not answer holds up nobody else. */
const MOST_OF_ONE = 2;
const MOST_ATTEMPTS = 6;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;
const TICK_MS = 250;
/** What has waited so long is looked up again before it is sent. */
const FRESH_MS = 1_000;

/**
 * Pushes what it is given, one for one device and topic at a time, the people in turn. What a service cannot take now is tried again, ever
 * more seldom, until it was tried often enough or nobody wants to know any more.
 */
export class PushQueue {
  readonly #options: PushQueueOptions;
  readonly #waiting = new Map<string, Waiting>();
  /** Of what waits, whose time has come, by person; whoever was served last comes last. */
  readonly #due = new Map<string, Set<string>>();
  /** Of what waits, what is to be tried again later. */
  readonly #later = new Set<string>();
  readonly #underWay = new Map<string, Set<string>>();
  #countUnderWay = 0;
  #cancel: Cancel | undefined;
  #isStopped = false;

  constructor(options: PushQueueOptions) {
    this.#options = options;
  }

  /** Instead of what waits for the same device of the same topic. */
  add(message: PushMessage, onEnd: OnEnd = () => {}, renew: Renew = async () => message.payload): void {
    const now = this.#options.clock.now();
    this.#put({ message, onEnd, renew, givenAt: now, attempts: 0, at: now });
    this.#go();
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#countUnderWay === 0;
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    for (const { message, onEnd } of this.#waiting.values()) {
      this.#options.onOutcome("dropped", message);
      onEnd(false);
    }
    for (const kept of [this.#waiting, this.#due, this.#later]) kept.clear();
  }

  #put(waiting: Waiting): void {
    const key = keyOf(waiting.message);
    this.#take(key)?.onEnd(false);
    this.#waiting.set(key, waiting);
    if (waiting.at > this.#options.clock.now()) this.#later.add(key);
    else addTo(this.#due, waiting.message.target.userId, key);
    if (this.#waiting.size <= MOST_WAITING) return;
    const [oldest] = this.#waiting.keys();
    const dropped = oldest === undefined ? undefined : this.#take(oldest);
    if (!dropped) return;
    this.#options.onOutcome("dropped", dropped.message);
    dropped.onEnd(false);
  }

  /** It waits no more. */
  #take(key: string): Waiting | undefined {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    this.#later.delete(key);
    if (waiting) deleteFrom(this.#due, waiting.message.target.userId, key);
    return waiting;
  }

  #tick(): void {
    const now = this.#options.clock.now();
    for (const key of this.#later) {
      const waiting = this.#waiting.get(key);
      if (waiting && waiting.at > now) continue;
      this.#later.delete(key);
      if (waiting) addTo(this.#due, waiting.message.target.userId, key);
    }
    this.#go();
  }

  /** Looks at few more than it sends: whoever cannot be sent to now has something under way, and that is bounded. */
  #go(): void {
    for (const [userId, keys] of this.#due) {
      if (this.#countUnderWay >= MOST_AT_ONCE) break;
      const key = this.#nextOf(userId, keys);
      const waiting = key === undefined ? undefined : this.#take(key);
      if (key === undefined || !waiting) continue;
      if (this.#due.delete(userId) && keys.size > 0) this.#due.set(userId, keys); // comes again below
      addTo(this.#underWay, userId, key);
      this.#countUnderWay += 1;
      void this.#send(key, waiting);
    }
    if (this.#waiting.size === 0) {
      this.#cancel?.();
      this.#cancel = undefined;
    } else this.#cancel ??= this.#options.clock.every(TICK_MS, () => this.#tick());
  }

  #nextOf(userId: string, keys: ReadonlySet<string>): string | undefined {
    const underWay = this.#underWay.get(userId);
    if (!underWay) return keys.values().next().value;
    if (underWay.size >= MOST_OF_ONE) return undefined;
    for (const key of keys) if (!underWay.has(key)) return key;
    return undefined;
  }

  async #send(key: string, waiting: Waiting): Promise<void> {
    const { provider, clock, onFailure } = this.#options;
    const { attempts, givenAt } = waiting;
    const isFresh = attempts === 0 && clock.now() - givenAt < FRESH_MS;
    let outcome: PushOutcome | undefined = { kind: "later" };
    let message: PushMessage | undefined;
    try {
      message = isFresh ? waiting.message : await this.#stillToSend(waiting);
      outcome = message && (await provider.push(message));
    } catch (error) {
      onFailure(error);
    }
    deleteFrom(this.#underWay, waiting.message.target.userId, key);
    this.#countUnderWay -= 1;
    this.#settle(key, { ...waiting, ...(message && { message }) }, outcome);
    this.#go();
  }

  /** Meanwhile somebody else may use the device, who is not to read it. @returns undefined if nobody is to be told any more. */
  async #stillToSend({ message, renew }: Waiting): Promise<PushMessage | undefined> {
    const payload = await renew();
    const target = payload && (await this.#options.current(message.target));
    return target && { ...message, target, payload };
  }

  /** @param outcome - undefined if it was not sent, as nobody is to be told of it any more. */
  #settle(key: string, waiting: Waiting, outcome: PushOutcome | undefined): void {
    const { message, onEnd, givenAt, attempts: before } = waiting;
    const { clock, random, onOutcome } = this.#options;
    if (!outcome) {
      onOutcome("dropped", message);
      return onEnd(true);
    }
    onOutcome(outcome.kind, message);
    if (outcome.kind === "refused") this.#options.onFailure(new Error(`unable to push; ${outcome.reason}`));
    if (outcome.kind !== "later") return onEnd(true);
    if (this.#waiting.has(key) || this.#isStopped) return onEnd(false);
    const attempts = before + 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** before) * (0.5 + random() / 2);
    const at = clock.now() + Math.max(outcome.afterMs ?? 0, waitMs);
    if (attempts < MOST_ATTEMPTS && at < givenAt + message.ttlMs)
      return this.#put({ ...waiting, attempts, at });
    onOutcome("dropped", message);
    onEnd(true);
  }
}

function keyOf({ target: { userId, deviceId }, topic }: PushMessage): string {
  return `${topic} ${deviceId} ${userId}`;
}

function addTo(sets: Map<string, Set<string>>, name: string, key: string): void {
  const set = sets.get(name) ?? new Set();
  sets.set(name, set.add(key));
}

function deleteFrom(sets: Map<string, Set<string>>, name: string, key: string): void {
  const set = sets.get(name);
  if (set?.delete(key) && set.size === 0) sets.delete(name);
}
