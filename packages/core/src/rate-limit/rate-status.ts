import type { Cancel, Clock } from "../base/clock.ts";
import type { Observable, Scope } from "../base/observable.ts";

/** How much may be sent now; fit for a countdown in the composer. */
export interface RateStatus {
  /** Messages that may go at once; `Infinity` without any limit. */
  readonly remaining: number;
  /** While nothing may be sent: when something may, client's clock in ms. */
  readonly readyAtMs?: number;
  /** While nothing may be sent: the name of the rate in the way, as "minute", or "server" in a cool-down. */
  readonly limitedBy?: string;
}

/** The buckets of one conversation, read. */
export interface Reading {
  readonly remaining: number;
  /** Until `remaining` is one more; 0 if time alone changes nothing. */
  readonly waitMs: number;
  readonly limitedBy: string | undefined;
}

/** Observables of what changes by itself, with one timer for all that somebody listens to. */
export interface RateStatuses {
  status(conversationId: string): Observable<RateStatus>;
  /** Reads again whatever is listened to. */
  announce(): void;
  close(): void;
}

const nothing: Cancel = () => {};

export function createRateStatuses(
  clock: Clock,
  scope: Scope,
  read: (conversationId: string) => Reading,
): RateStatuses {
  const live = new Set<() => number>();
  let cancel = nothing;
  let isClosed = false;

  const announce = (): void => {
    cancel();
    const waits = scope.batch(() => [...live].map((refresh) => refresh()).filter((waitMs) => waitMs > 0));
    cancel = waits.length > 0 && !isClosed ? clock.after(Math.min(...waits), announce) : nothing;
  };

  return {
    announce,
    status(conversationId) {
      const cell = scope.cell<RateStatus>({ remaining: NaN }); // nobody sees it: reading refreshes
      const listeners = new Set<object>();
      const refresh = (): number => {
        const reading = read(conversationId);
        const next = statusOf(reading, clock.now());
        if (!isSame(cell.get(), next)) cell.set(next);
        return reading.waitMs;
      };
      return {
        get() {
          // With listeners the timer keeps it fresh; without, refreshing tells nobody, so it is safe while rendering.
          if (listeners.size === 0) refresh();
          return cell.get();
        },
        subscribe(listener) {
          const lease = {};
          listeners.add(lease);
          live.add(refresh);
          announce();
          const unsubscribe = cell.subscribe(listener);
          return () => {
            unsubscribe();
            if (!listeners.delete(lease) || listeners.size > 0) return;
            live.delete(refresh);
            announce();
          };
        },
      };
    },
    close() {
      isClosed = true;
      cancel();
    },
  };
}

function statusOf({ remaining, waitMs, limitedBy }: Reading, nowMs: number): RateStatus {
  return remaining > 0 || limitedBy === undefined
    ? { remaining }
    : { remaining, readyAtMs: nowMs + waitMs, limitedBy };
}

function isSame(one: RateStatus, other: RateStatus): boolean {
  return (
    one.remaining === other.remaining &&
    one.readyAtMs === other.readyAtMs &&
    one.limitedBy === other.limitedBy
  );
}
