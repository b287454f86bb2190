/** How fast an upload goes, smoothed, so that what is shown does not flicker. */
export interface Pace {
  /** Bytes that are there by now. Fewer than before: a part came back. */
  mark(bytes: number, now: number): void;
  bytesPerSecond(): number;
}

/** After this long, what was measured before counts for a third. */
const MEMORY_MS = 4_000;
/** Measured over less than this, a buffer that filled at once would look like a fast network. */
const SHORTEST_MS = 250;

export function createPace(): Pace {
  let last: { readonly bytes: number; readonly at: number } | undefined;
  let rate: number | undefined;
  return {
    mark(bytes, at) {
      if (!last || bytes < last.bytes) return void (last = { bytes, at });
      const ms = at - last.at;
      if (ms < SHORTEST_MS) return;
      const now = ((bytes - last.bytes) / ms) * 1_000;
      const weight = 1 - Math.exp(-ms / MEMORY_MS);
      rate = rate === undefined ? now : rate + weight * (now - rate);
      last = { bytes, at };
    },
    bytesPerSecond: () => rate ?? 0,
  };
}
