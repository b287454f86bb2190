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

/** The status of one conversation, and how long until time alone changes it, ms; 0 if it does not. */
export type ReadStatus = (conversationId: string) => readonly [status: RateStatus, waitMs: number];

/** Observables of what changes by itself, with one timer for all that somebody listens to. */
export interface RateStatuses {
  status(conversationId: string): Observable<RateStatus>;
  /** Reads again whatever is listened to. */
  announce(): void;
  close(): void;
}

const nothing: Cancel = () => {};

export function createRateStatuses(clock: Clock, scope: Scope, read: ReadStatus): RateStatuses {
  /** What is listened to, once per listener. */
  const live: (() => number)[] = [];
  let cancel = nothing;
  let isClosed = false;

  const announce = (): void => {
    cancel();
    const waits = scope.batch(() => live.map((refresh) => refresh()).filter((waitMs) => waitMs > 0));
    cancel = waits.length > 0 && !isClosed ? clock.after(Math.min(...waits), announce) : nothing;
  };

  return {
    announce,
    status(conversationId) {
      const cell = scope.cell(read(conversationId)[0]);
      const refresh = (): number => {
        const [status, waitMs] = read(conversationId);
        if (!isSame(cell.get(), status)) cell.set(status);
        return waitMs;
      };
      return {
        get() {
          // With listeners the timer keeps it fresh; without, refreshing tells nobody, so it is safe while rendering.
          if (!live.includes(refresh)) refresh();
          return cell.get();
        },
        subscribe(listener) {
          refresh();
          let unsubscribe = cell.subscribe(listener);
          live.push(refresh);
          announce();
          return () => {
            unsubscribe();
            if (unsubscribe !== nothing) live.splice(live.indexOf(refresh), 1);
            unsubscribe = nothing;
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

function isSame(one: RateStatus, other: RateStatus): boolean {
  const { remaining, readyAtMs, limitedBy } = one;
  return remaining === other.remaining && readyAtMs === other.readyAtMs && limitedBy === other.limitedBy;
}
