import { entryOf, type ErrorCode, isErrorCode } from "@tidings/core/errors";
import { thresholds } from "./health.ts";
import type { Meter } from "./meter.ts";
import type { CounterName, DistributionName } from "./metrics.ts";
import { Recent } from "./recent.ts";

/** Answers, and attempts to connect, below which a part that failed says nothing. */
const LEAST = 20;

/** A commit that failed tells of the database for this long, if none succeeds. */
const FAILURE_TELLS_MS = 30_000;

/** A client that comes with such a token gets a new one and is back: nothing failed. */
const ORDINARY: ReadonlySet<string> = new Set<ErrorCode>(["auth/expired"]);

/** Passes measurements on, and keeps of the last minute what tells how the server is. */
export class VitalSigns implements Meter {
  readonly #meter: Meter;
  readonly #now: () => number;
  readonly #answers: Recent;
  readonly #attempts: Recent;
  readonly #slowCommits: Recent;
  #commitFailedAt = -Infinity;

  constructor(meter: Meter, now: () => number) {
    this.#meter = meter;
    this.#now = now;
    this.#answers = new Recent(now);
    this.#attempts = new Recent(now);
    this.#slowCommits = new Recent(now);
  }

  add(counter: CounterName, label?: string, value = 1): void {
    this.#meter.add(counter, label, value);
    if (counter === "upgrade" || counter === "greeting") return this.#noteAttempt(label);
    if (counter === "failure" && label === "commit") this.#commitFailedAt = this.#now();
    if (counter === "command" && label !== "refused") this.#answers.note(true, value);
    if (counter === "reject") this.#answers.note(!isOurs(label), value);
  }

  #noteAttempt(outcome: string | undefined): void {
    if (outcome !== undefined && !ORDINARY.has(outcome)) this.#attempts.note(outcome === "ok");
  }

  observe(distribution: DistributionName, value: number, label?: string): void {
    this.#meter.observe(distribution, value, label);
    if (distribution === "query") return this.#answers.note(true);
    if (distribution !== "commit") return;
    this.#commitFailedAt = -Infinity;
    this.#slowCommits.note(value * 1_000 < thresholds.storeMs.warning);
  }

  since(distribution: DistributionName, at: number, label?: string): void {
    this.#meter.since(distribution, at, label);
  }

  /** The part of the answers that were a failure of the server's. */
  get errors(): number {
    return this.#answers.badRatio(LEAST);
  }

  /** The part of the attempts to connect that failed. */
  get refused(): number {
    return this.#attempts.badRatio(LEAST);
  }

  get hasSlowCommits(): boolean {
    return this.#slowCommits.badRatio() > 0;
  }

  /** The last commit failed, and that was not long ago. */
  get isCommitFailing(): boolean {
    return this.#now() - this.#commitFailedAt < FAILURE_TELLS_MS;
  }
}

function isOurs(code: string | undefined): boolean {
  return code !== undefined && isErrorCode(code) && entryOf(code).category === "server";
}
