import { type Buckets, Histogram } from "./histogram.ts";

/** What the bots of one process have done since they were asked last. */
export interface Sample {
  readonly said: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly refused: Readonly<Record<string, number>>;
  /** From `send()` to where another member, or oneself, sees the message as confirmed. */
  readonly deliveryMs: Buckets;
  /** From `send()` to the server's answer. */
  readonly ackMs: Buckets;
}

/** Counts what bots do. */
export class Tally {
  readonly #deliveryMs = new Histogram();
  readonly #ackMs = new Histogram();
  readonly #refused = new Map<string, number>();
  #said = 0;
  #accepted = 0;
  #delivered = 0;

  said(): void {
    this.#said += 1;
  }

  accepted(ms: number): void {
    this.#accepted += 1;
    this.#ackMs.add(ms);
  }

  delivered(ms: number): void {
    this.#delivered += 1;
    this.#deliveryMs.add(ms);
  }

  refused(code: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  take(): Sample {
    const sample = {
      ...{ said: this.#said, accepted: this.#accepted, delivered: this.#delivered },
      refused: Object.fromEntries(this.#refused),
      deliveryMs: this.#deliveryMs.take(),
      ackMs: this.#ackMs.take(),
    };
    this.#said = this.#accepted = this.#delivered = 0;
    this.#refused.clear();
    return sample;
  }
}

/** The samples of several processes as one. */
export function mergeSamples(samples: readonly Sample[]): Sample {
  const deliveryMs = new Histogram();
  const ackMs = new Histogram();
  const refused: Record<string, number> = {};
  for (const sample of samples) {
    deliveryMs.merge(sample.deliveryMs);
    ackMs.merge(sample.ackMs);
    for (const [code, count] of Object.entries(sample.refused)) refused[code] = (refused[code] ?? 0) + count;
  }
  const sum = (pick: (sample: Sample) => number): number =>
    samples.reduce((total, each) => total + pick(each), 0);
  return {
    said: sum(({ said }) => said),
    accepted: sum(({ accepted }) => accepted),
    delivered: sum(({ delivered }) => delivered),
    refused,
    deliveryMs: deliveryMs.take(),
    ackMs: ackMs.take(),
  };
}
