import type { CounterName, DistributionName } from "./metrics.ts";

/** Takes measurements. The engine knows no more of them than this; where nobody measures, `silentMeter` costs nothing. */
export interface Meter {
  /**
   * @param label - for the metric's one label; from a short list, never an id.
   * @param value - default 1.
   */
  add(counter: CounterName, label?: string, value?: number): void;
  observe(distribution: DistributionName, value: number, label?: string): void;
  /** Observes in seconds how long ago `at` was, server time in ms. */
  since(distribution: DistributionName, at: number, label?: string): void;
}

const nothing = (): void => {};

export const silentMeter: Meter = Object.freeze({ add: nothing, observe: nothing, since: nothing });
