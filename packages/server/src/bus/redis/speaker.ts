import type { Cancel, Clock } from "../../engine/clock.ts";
import { type BreakerEvent, type BreakerState, closed, nextBreakerState } from "./breaker.ts";
import type { Connection } from "./redis-link.ts";

/** So long Redis may take. It answers in milliseconds, and people wait meanwhile. */
const PATIENCE_MS = 1_000;

/** How often it is looked whether somebody waits for too long, and whether a pause is over. */
const LOOK_MS = 250;

export interface SpeakerOptions {
  /** Ends with the speaker. */
  readonly connection: Connection;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
}

interface Waiting {
  readonly sinceMs: number;
  /** Without an answer. */
  end(): void;
}

/**
 * The connection by which a node asks Redis, and says what it has to say. A Redis that hangs, or one to which packets are
 * lost, does not close its connections: whoever asks would wait, again and again. So once a question was not answered in
 * time nobody asks, all who wait go on, and the connection is made anew, as only a new one shows who is there; then a
 * breaker decides.
 */
export class Speaker {
  readonly #options: SpeakerOptions;
  /** The oldest first. */
  readonly #waiting = new Set<Waiting>();
  readonly #cancel: Cancel;
  #breaker: BreakerState = closed;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.#cancel = options.clock.every(LOOK_MS, () => this.#look());
  }

  /** Would it ask? */
  get isReady(): boolean {
    return this.#breaker.name === "closed" && this.#isConnected;
  }

  /**
   * @param question - rejects if Redis refuses it or is lost meanwhile, and so does this.
   * @returns undefined if Redis was not asked, or did not answer in time.
   */
  ask<Answer>(question: (connection: Connection) => Promise<Answer>): Promise<Answer | undefined> {
    return this.isReady ? this.#inTime(question) : Promise.resolve(undefined);
  }

  close(): void {
    this.#cancel();
    this.#endAll();
    this.#options.connection.disconnect();
  }

  get #isConnected(): boolean {
    return this.#options.connection.status === "ready";
  }

  #inTime<Answer>(question: (connection: Connection) => Promise<Answer>): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const answer = question(this.#options.connection);
      const waiting = { sinceMs: this.#options.clock.now(), end: () => resolve(undefined) };
      this.#waiting.add(waiting);
      answer.then(resolve, reject).finally(() => this.#waiting.delete(waiting));
    });
  }

  #look(): void {
    const { clock } = this.#options;
    // An answer that lies ready was in time, however long this process was busy.
    if (this.#isOverdue())
      clock.soon(() => {
        if (this.#isOverdue()) this.#tell({ type: "failed", nowMs: clock.now() });
      });
    this.#tell({ type: "passed", nowMs: clock.now(), isConnected: this.#isConnected });
  }

  #isOverdue(): boolean {
    const [oldest] = this.#waiting;
    return oldest !== undefined && this.#options.clock.now() - oldest.sinceMs >= PATIENCE_MS;
  }

  #tell(event: BreakerEvent): void {
    const before = this.#breaker;
    this.#breaker = nextBreakerState(before, event);
    if (this.#breaker === before) return;
    if (this.#breaker.name === "open") this.#giveUp();
    else if (this.#breaker.name === "probing") void this.#probe();
  }

  #giveUp(): void {
    const { connection, onFailure } = this.#options;
    this.#endAll();
    if (this.#isConnected) connection.disconnect(true);
    onFailure(new Error("unable to ask Redis; it does not answer"));
  }

  #endAll(): void {
    for (const { end } of this.#waiting) end();
    this.#waiting.clear();
  }

  async #probe(): Promise<void> {
    const { clock } = this.#options;
    // Undefined: it took too long, which has been noticed.
    const type = await this.#inTime((connection) => connection.ping()).then(
      (answer) => answer !== undefined && ("answered" as const),
      () => "failed" as const,
    );
    if (type) this.#tell({ type, nowMs: clock.now() });
  }
}
