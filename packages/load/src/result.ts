import type { Verdict } from "./bots/squad.ts";
import { Histogram } from "./measure/histogram.ts";
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
  readonly rows: readonly Row[];
  readonly disturbances: readonly Disturbance[];
}

export function resultOf({ settings, sample, ...facts }: ResultFacts): LoadResult {
  const { url, clients, rooms, perSecond, seconds, bytes } = settings;
  const { said, accepted, delivered, refused } = sample;
  return {
    load: { url, clients, rooms, perSecond, seconds, bytes },
    ...{ said, accepted, delivered, refused, ...facts },
    deliveryMs: quantilesOf(sample.deliveryMs),
    ackMs: quantilesOf(sample.ackMs),
  };
}

/** Nothing was lost, doubled or out of order, everything was answered and got over. */
export function isClean({ verdict, disturbances }: LoadResult): boolean {
  const hasRecovered = disturbances.every(({ recoverySeconds }) => recoverySeconds !== undefined);
  return hasRecovered && Object.values(verdict.faults).every((count) => count === 0);
}

function quantilesOf(buckets: Sample["deliveryMs"]): Quantiles {
  const histogram = new Histogram();
  histogram.merge(buckets);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => histogram.quantile(share));
  return { p50, p95, p99 };
}
