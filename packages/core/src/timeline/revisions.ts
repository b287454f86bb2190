import { addRange, type Ranges, removeRange } from "../base/ranges.ts";

/**
 * Which revisions of a conversation this client has seen. Pure bookkeeping; the records are elsewhere.
 *
 *   0 ─────── base ════════ cursor ─ ─ ═══ ─ ═ ─ ─ head      ═ seen, and what it changed was kept
 *
 * Laws (each is named by the test that checks it):
 *   1  The cursor covers no revision that was neither seen nor brought by a snapshot.
 *   2  Order, repetition and bundling of what arrives make no difference to where the cursor ends up.
 *   3  A snapshot older than the base moves the cursor back to itself: what changed since may be missing from it.
 *   4  It is bounded: beyond `MOST_RANGES` islands the highest are forgotten, which only costs fetching them again (D9).
 */
export interface Revisions {
  /** Everything up to here is in all that is held; `undefined` while there is nothing to count from. */
  readonly cursor: number | undefined;
  /** The first gap below or at `head`. */
  missing(head: number): MissingRevisions | undefined;
  /** The changes `from` to `to` were applied. */
  see(from: number, to: number): void;
  /** Records arrived as they were at `rev`. */
  snapshot(rev: number): void;
  /** What was changed at `rev` is no longer held: something older could bring back the state before. */
  forget(rev: number): void;
  /** There is no catching up from the cursor: the next snapshot begins anew. */
  reset(): void;
}

/** Revisions after `afterRev`, up to `upTo`, exist and were not seen. */
export interface MissingRevisions {
  readonly afterRev: number;
  readonly upTo: number;
}

const MOST_RANGES = 128;

/** @param onChange - the cursor moved, or what is missing changed. */
export function createRevisions(onChange: () => void): Revisions {
  let base = 0;
  let cursor: number | undefined;
  /** Seen beyond the cursor. */
  let seen: Ranges = [];

  const advance = (): void => {
    // Seen from the very first on: before it there was nothing.
    if (cursor === undefined && seen[0]?.from === 1) cursor = 0;
    if (cursor !== undefined) {
      let count = 0;
      for (let next = seen[0]; next && next.from <= cursor + 1; next = seen[++count]) {
        cursor = Math.max(cursor, next.to);
      }
      seen = seen.slice(count, count + MOST_RANGES);
    }
    onChange();
  };

  return {
    get cursor() {
      return cursor;
    },
    missing(head) {
      if (cursor === undefined || cursor >= head) return undefined;
      return { afterRev: cursor, upTo: seen[0] ? seen[0].from - 1 : head };
    },
    see(from, to) {
      if (cursor !== undefined && to <= cursor) return;
      // The next one with nothing beyond, which is nearly always what comes.
      if (cursor !== undefined && from <= cursor + 1 && seen.length === 0) {
        cursor = to;
        onChange();
        return;
      }
      const before = seen;
      seen = addRange(seen, from, to);
      if (seen !== before) advance();
    },
    snapshot(rev) {
      if (cursor !== undefined && rev >= base) return;
      if (cursor !== undefined) seen = addRange(seen, base + 1, cursor);
      seen = removeRange(seen, 0, Math.max(base, rev));
      cursor = Math.min(cursor ?? rev, rev);
      base = rev;
      advance();
    },
    forget(rev) {
      base = Math.max(base, rev);
      if (cursor === undefined || rev > cursor) seen = removeRange(seen, rev, rev);
    },
    reset() {
      cursor = undefined;
      onChange();
    },
  };
}
