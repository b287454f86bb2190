import type { Connection } from "../database.ts";

/** The first message sent at `at` or later, or else the newest, by bisection: sequences are dense, and ascend with time. */
export function createSeqAt({ prepare }: Connection): (key: number, newest: number, at: number) => number {
  const floor = prepare<{ seq: number | null }>(
    "SELECT min(seq) AS seq FROM messages WHERE conversation = ?",
  );
  const sentAt = prepare<{ created_at: number }>(
    "SELECT created_at FROM messages WHERE conversation = ? AND seq = ?",
  );
  return (key, newest, at) => {
    let low = floor.get(key)?.seq ?? newest;
    let high = newest;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sentAt.get(key, middle)?.created_at ?? 0) >= at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
