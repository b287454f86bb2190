import type { Verdict } from "./bots/squad.ts";
import { Histogram } from "./measure/histogram.ts";
import { type Recalled, shareOf } from "./measure/recalled.ts";
import type { Row } from "./measure/row.ts";
import type { Sample } from "./measure/tally.ts";
import type { Disturbance, LoadSettings } from "./options.ts";

/** What a run has shown. */
export interface LoadResult {
  readonly load: {
    readonly url: string;
    readonly clients: number;
    readonly rooms: number;
    readonly perSecond: number;
    readonly seconds: number;
    readonly bytes: number;
    readonly leastRecalled: number;
  };
  /** Until the last client was online. */
  readonly rampSeconds: number;
  readonly said: number;
  readonly accepted: number;
  readonly delivered: number;
  /** By error code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
  readonly deliveryMs: Quantiles;
  readonly ackMs: Quantiles;
  /** By servers that say so, while it ran. */
  readonly recalled: Recalled;
  readonly disturbances: readonly Disturbance[];
  readonly rows: readonly Row[];
}

export interface Quantiles {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

export interface ResultFacts {
  readonly settings: LoadSettings;
  readonly rampSeconds: number;
  readonly sample: Sample;
  readonly verdict: Verdict;
  readonly recalled: Recalled;
  readonly rows: readonly Row[];
  readonly disturbances: readonly Disturbance[];
}

export function resultOf({ settings, sample, ...facts }: ResultFacts): LoadResult {
  const { url, clients, rooms, perSecond, seconds, bytes, leastRecalled } = settings;
  const { said, accepted, delivered, refused } = sample;
  return {
    load: { url, clients, rooms, perSecond, seconds, bytes, leastRecalled },
    ...{ said, accepted, delivered, refused, ...facts },
    deliveryMs: quantilesOf(sample.deliveryMs),
    ackMs: quantilesOf(sample.ackMs),
  };
}

/** Nothing was lost, doubled or out of order, everything was answered and got over, and whoever tried twice got in. */
export function isClean(result: LoadResult): boolean {
  const { verdict, disturbances } = result;
  const hasRecovered = disturbances.every(
    ({ recoverySeconds, attempts }) => recoverySeconds !== undefined && attempts.failedAgain === 0,
  );
  return (
    hasRecovered && hasRecalledEnough(result) && Object.values(verdict.faults).every((count) => count === 0)
  );
}

/** Did servers have in memory as much as they were to? */
export function hasRecalledEnough({ load, recalled }: LoadResult): boolean {
  return load.leastRecalled === 0 || (shareOf(recalled) ?? 0) >= load.leastRecalled;
}

function quantilesOf(buckets: Sample["deliveryMs"]): Quantiles {
  const histogram = new Histogram();
  histogram.merge(buckets);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => histogram.quantile(share));
  return { p50, p95, p99 };
}
