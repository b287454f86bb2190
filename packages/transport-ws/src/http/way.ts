/** How the next link is opened. */
export type Way = "socket" | "http";

/**
 * Which way gets through, as far as has been seen.
 *
 * 1. It is the socket until that has failed `mostFailures` times without a success: twice as often where one had opened
 *    before, as then it is rather the network that is away.
 * 2. Then HTTP is tried. If it gets through, it is HTTP until a socket does; if not, the two take turns.
 * 3. A socket that gets through is the way again, and forgets all failures.
 */
export interface WayState {
  readonly next: Way;
  /** Of sockets, in a row. */
  readonly failures: number;
  readonly hasOpened: boolean;
}

export type WayEvent = "socket-opened" | "socket-failed" | "http-opened" | "http-failed";

export function firstWay(mostFailures: number): WayState {
  return { next: mostFailures > 0 ? "socket" : "http", failures: 0, hasOpened: false };
}

export function nextWay(state: WayState, event: WayEvent, mostFailures: number): WayState {
  switch (event) {
    case "socket-opened":
      return { next: "socket", failures: 0, hasOpened: true };
    case "socket-failed": {
      const failures = state.failures + 1;
      const limit = state.hasOpened ? 2 * mostFailures : mostFailures;
      return { ...state, failures, next: failures >= limit ? "http" : "socket" };
    }
    case "http-opened":
      return { ...state, next: "http" };
    case "http-failed":
      return { ...state, next: "socket" };
  }
}
