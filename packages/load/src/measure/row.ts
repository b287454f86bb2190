import { Histogram } from "./histogram.ts";
import type { Sample } from "./tally.ts";
import type { Usage } from "./usage.ts";

/** One second of a run. */
export interface Row {
  /** Seconds since the first word. */
  readonly at: number;
  readonly online: number;
  readonly said: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly refused: number;
  readonly waiting: number;
  readonly behindMs: number;
  /** Of the messages delivered in this second; undefined if there were none. */
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
  readonly p99?: number | undefined;
  readonly ackP50?: number | undefined;
  readonly servers: readonly ServerUse[];
}

export interface ServerUse {
  readonly name: string;
  /** Of one processor, in percent. */
  readonly cpu: number;
  readonly memoryBytes: number;
}

export interface RowFacts {
  readonly at: number;
  readonly online: number;
  readonly waiting: number;
  readonly behindMs: number;
  readonly sample: Sample;
  readonly servers: readonly ServerUse[];
}

export function rowOf({ at, online, waiting, behindMs, sample, servers }: RowFacts): Row {
  const delivery = new Histogram();
  const ack = new Histogram();
  delivery.merge(sample.deliveryMs);
  ack.merge(sample.ackMs);
  const { said, accepted, delivered } = sample;
  const refused = Object.values(sample.refused).reduce((sum, count) => sum + count, 0);
  return {
    ...{ at, online, waiting, behindMs, said, accepted, delivered, refused, servers },
    ...{ p50: delivery.quantile(0.5), p95: delivery.quantile(0.95), p99: delivery.quantile(0.99) },
    ackP50: ack.quantile(0.5),
  };
}

/** What servers have used between two readings; one that was started again in between begins at 0. */
export function usesBetween(
  before: readonly Usage[],
  after: readonly Usage[],
  seconds: number,
): readonly ServerUse[] {
  return after.map(({ name, cpuSeconds, memoryBytes }) => {
    const earlier = before.find((usage) => usage.name === name)?.cpuSeconds ?? cpuSeconds;
    const used = cpuSeconds >= earlier ? cpuSeconds - earlier : cpuSeconds;
    return { name, cpu: (used / seconds) * 100, memoryBytes };
  });
}
