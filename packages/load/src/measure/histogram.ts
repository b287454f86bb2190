/** Counts by bucket, as plain data: how a histogram travels from one process to another. */
export type Buckets = Readonly<Record<number, number>>;

/** Each bucket ends 5 % above the one before, so that no quantile is further off than that. */
const GROWTH = Math.log(1.05);
const LEAST_MS = 0.01;

/** How long things took: any number of observations in a few hundred counts. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(ms: number): void {
    this.#count(Math.max(0, Math.ceil(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / GROWTH)), 1);
  }

  merge(buckets: Buckets): void {
    for (const [bucket, count] of Object.entries(buckets)) this.#count(Number(bucket), count);
  }

  /** What it holds; it is empty afterwards. */
  take(): Buckets {
    const taken = Object.fromEntries(this.#counts);
    this.#counts.clear();
    this.#total = 0;
    return taken;
  }

  /** At most this many ms took `share` of all; undefined of none. */
  quantile(share: number): number | undefined {
    let left = Math.max(1, Math.ceil(this.#total * share));
    for (const [bucket, count] of [...this.#counts].toSorted(([one], [other]) => one - other)) {
      left -= count;
      if (left <= 0) return LEAST_MS * Math.exp(bucket * GROWTH);
    }
    return undefined;
  }

  #count(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#total += count;
  }
}
