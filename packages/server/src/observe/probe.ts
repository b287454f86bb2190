import { type HealthCheck, judge, thresholds } from "./health.ts";

/** However often somebody asks, what is asked is asked again only after this. */
const FRESH_MS = 1_000;

/** Asks something that should answer at once, one question at a time. */
export class Probe {
  readonly #ask: () => Promise<unknown>;
  readonly #limitMs: number;
  #asking: Promise<HealthCheck> | undefined;
  #answer: { readonly check: HealthCheck; readonly at: number } | undefined;

  /** @param limitMs - after this long it does not answer. */
  constructor(ask: () => Promise<unknown>, limitMs: number = thresholds.storeMs.critical) {
    this.#ask = ask;
    this.#limitMs = limitMs;
  }

  /** Waits no longer than it takes to be critical. */
  async read(): Promise<HealthCheck> {
    if (this.#answer && performance.now() - this.#answer.at < FRESH_MS) return this.#answer.check;
    this.#asking ??= this.#run().finally(() => (this.#asking = undefined));
    return within(this.#limitMs, this.#asking);
  }

  async #run(): Promise<HealthCheck> {
    const startedAt = performance.now();
    const check = await this.#ask().then(
      () => judge(performance.now() - startedAt, thresholds.storeMs, (ms) => `it took ${Math.round(ms)} ms`),
      (): HealthCheck => ({ level: "critical", reason: "it cannot be reached" }),
    );
    this.#answer = { check, at: performance.now() };
    return check;
  }
}

async function within(limitMs: number, answer: Promise<HealthCheck>): Promise<HealthCheck> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<HealthCheck>((resolve) => {
    timer = setTimeout(resolve, limitMs, { level: "critical", reason: "it does not answer" });
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
