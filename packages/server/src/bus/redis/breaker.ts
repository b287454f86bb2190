/**
 * Whether Redis is asked: a circuit breaker, as a pure function. No timers, no I/O.
 *
 *     closed ──failed──▶ open ──passed, once due and connected──▶ probing ──answered──▶ closed
 *                         ▲                                          │
 *                         └──────────────────failed──────────────────┘
 *
 * Laws (each is named by the test that checks it):
 *   1  Closed, everybody may ask. The first question that gets no answer in time opens it: the next would wait as long.
 *   2  Open and probing, nobody asks: the probe is a question nobody waits for.
 *   3  There is one probe at a time, and none without a connection.
 *   4  Each failure soon after another makes the pause longer, up to a bound; one that stayed closed for a while begins
 *      anew.
 *   5  An event that does not apply in a state changes nothing: the same reference comes back.
 */
export type BreakerState =
  | { readonly name: "closed"; readonly failures: number; readonly sinceMs: number }
  | { readonly name: "open"; readonly failures: number; readonly dueMs: number }
  | { readonly name: "probing"; readonly failures: number };

export type BreakerEvent =
  /** A question got no answer in time; or the probe none at all. */
  | { readonly type: "failed"; readonly nowMs: number }
  /** Some time has passed. */
  | { readonly type: "passed"; readonly nowMs: number; readonly isConnected: boolean }
  /** The probe was. */
  | { readonly type: "answered"; readonly nowMs: number };

/** The first pause; the next are twice as long each. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Closed for so long, it has forgotten the failures before. */
const STEADY_MS = 60_000;

export const closed: BreakerState = { name: "closed", failures: 0, sinceMs: 0 };

export function nextBreakerState(state: BreakerState, event: BreakerEvent): BreakerState {
  const { nowMs } = event;
  switch (event.type) {
    case "failed": {
      if (state.name === "open") return state;
      const isSteady = state.name === "closed" && nowMs - state.sinceMs >= STEADY_MS;
      const failures = isSteady ? 1 : state.failures + 1;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (failures - 1));
      return { name: "open", failures, dueMs: nowMs + pauseMs };
    }
    case "passed":
      return state.name === "open" && event.isConnected && nowMs >= state.dueMs
        ? { name: "probing", failures: state.failures }
        : state;
    case "answered":
      return state.name === "probing" ? { name: "closed", failures: state.failures, sinceMs: nowMs } : state;
  }
}
