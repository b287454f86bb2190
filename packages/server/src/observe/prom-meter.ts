import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Meter } from "./meter.ts";
import {
  counters,
  type Distribution,
  distributions,
  type DistributionName,
  gauges,
  type Metric,
  type Reading,
  type Readings,
  tallies,
} from "./metrics.ts";

/** Values a label may have. Whatever comes beyond is counted together as `"other"` (D9). */
const MOST_LABELS = 100;
const OTHER = "other";

/** A meter, and its page in the text format of Prometheus. */
export interface PromMeter extends Meter {
  readonly contentType: string;
  /** Asks `read` for what is not counted as it happens, and writes it all down. */
  page(read: () => Promise<Readings>): Promise<string>;
}

/** Each server has a registry of its own: several in one process do not mix. What is the process' they share. */
export function createPromMeter(now: () => number): PromMeter {
  const registry = new Registry();
  const counted = mapped<Metric, Child<Counter.Internal>>(counters, (metric) =>
    childrenOf(counterOf(metric, registry), metric),
  );
  const observed = mapped<Distribution, Child<Histogram.Internal<string>>>(distributions, (metric) => {
    const { name, help, buckets } = metric;
    const shape = { name, help, labelNames: labelsOf(metric), buckets: [...buckets] };
    return childrenOf(new Histogram({ ...shape, registers: [registry] }), metric);
  });
  const sinks = new Map<string, Sink>([
    ...mapped<Metric, Sink>(gauges, (metric) => gaugeSink(metric, registry)),
    ...mapped<Metric, Sink>(tallies, (metric) => tallySink(metric, registry)),
  ]);
  const observe = (name: DistributionName, value: number, label?: string): void =>
    observed.get(name)?.(label).observe(value);
  return {
    contentType: registry.contentType,
    add: (name, label, value = 1) => counted.get(name)?.(label).inc(value),
    observe,
    since: (name, at, label) => observe(name, Math.max(0, now() - at) / 1_000, label),
    async page(read) {
      for (const [name, reading] of Object.entries(await read())) sinks.get(name)?.(reading);
      return Registry.merge([registry, processRegistry()]).metrics();
    },
  };
}

let ofProcess: Registry | undefined;

/** Made once: what measures the process cannot be switched off again. */
function processRegistry(): Registry {
  if (ofProcess) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: 20 });
  return ofProcess;
}

type Sink = (reading: Reading) => void;

function gaugeSink(metric: Metric, registry: Registry): Sink {
  const { name, help } = metric;
  const gauge = new Gauge({ name, help, labelNames: labelsOf(metric), registers: [registry] });
  return (reading) => {
    gauge.reset();
    for (const [labels, value] of spread(reading, metric)) gauge.set(labels, value);
  };
}

function tallySink(metric: Metric, registry: Registry): Sink {
  const counter = counterOf(metric, registry);
  return (reading) => {
    counter.reset();
    for (const [labels, value] of spread(reading, metric)) counter.inc(labels, value);
  };
}

function spread(reading: Reading, { label }: Metric): readonly (readonly [Record<string, string>, number])[] {
  if (typeof reading === "number") return [[{}, reading]];
  return Object.entries(reading).map(([name, value]) => [
    label === undefined ? {} : { [label]: name },
    value,
  ]);
}

function counterOf(metric: Metric, registry: Registry): Counter {
  const { name, help, label, values = [] } = metric;
  const counter = new Counter({ name, help, labelNames: labelsOf(metric), registers: [registry] });
  if (label !== undefined) for (const value of values) counter.inc({ [label]: value }, 0);
  return counter;
}

/** The part of a metric that belongs to one value of its label. */
type Child<Part> = (value?: string) => Part;

/** A look into a map, as nearly all values of a label are known. */
function childrenOf<Part>(
  metric: { labels(labels: Record<string, string>): Part },
  { label }: Metric,
): Child<Part> {
  if (label === undefined) {
    const whole = metric.labels({});
    return () => whole;
  }
  const children = new Map<string, Part>();
  return (value = "none") => {
    const known = children.get(value);
    if (known !== undefined) return known;
    const name = children.size < MOST_LABELS ? value : OTHER;
    const child = children.get(name) ?? metric.labels({ [label]: name });
    children.set(name, child);
    return child;
  };
}

function labelsOf({ label }: Metric): string[] {
  return label === undefined ? [] : [label];
}

function mapped<From, To>(table: Readonly<Record<string, From>>, map: (metric: From) => To): Map<string, To> {
  return new Map(Object.entries(table).map(([name, metric]) => [name, map(metric)]));
}
