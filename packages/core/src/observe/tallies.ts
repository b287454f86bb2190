/** What a number of observations comes to; times in ms. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the latest 256. */
  readonly median: number;
  readonly p95: number;
}

export interface Distribution {
  add(value: number): void;
  /** `undefined` before the first. */
  summary(): Summary | undefined;
}

/** Percentiles are those of so many of the latest (D9). */
const RECENT = 256;

export function createDistribution(): Distribution {
  const recent: number[] = [];
  let count = 0;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  return {
    add(value) {
      recent[count % RECENT] = value;
      count += 1;
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    },
    summary() {
      if (count === 0) return undefined;
      const sorted = [...recent].sort((one, other) => one - other);
      const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      return { count, min, max, mean: Math.round(sum / count), median: at(0.5), p95: at(0.95) };
    },
  };
}

/** Something counted, and how much of it in the last minute. */
export interface Rate {
  add(at: number, many?: number): void;
  readonly total: number;
  perMinute(now: number): number;
}

const BUCKET_MS = 5_000;
const BUCKETS = 12;

export function createRate(): Rate {
  const buckets: { slot: number; many: number }[] = [];
  let total = 0;
  return {
    get total() {
      return total;
    },
    add(at, many = 1) {
      const slot = Math.floor(at / BUCKET_MS);
      const index = slot % BUCKETS;
      const bucket = buckets[index];
      if (bucket?.slot === slot) bucket.many += many;
      else buckets[index] = { slot, many };
      total += many;
    },
    perMinute(now) {
      const oldest = Math.floor(now / BUCKET_MS) - BUCKETS;
      return buckets.reduce((sum, { slot, many }) => (slot > oldest ? sum + many : sum), 0);
    },
  };
}
