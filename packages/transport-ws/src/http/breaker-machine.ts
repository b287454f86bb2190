/**
 *     closed ──fails, time and again──▶ open ──due──▶ probing ──works──▶ closed
 *                                        ▲               │
 *                                        └────fails──────┘ (longer)
 *
 * 1. Closed, everything may go. A success forgets the failures before it.
 * 2. Open, nothing goes until it is due; what then asks first is the probe.
 * 3. Probing, nothing goes but the probe. Its failure opens again, for longer.
 * 4. A probe that is called off leaves its turn to the next.
 * 5. A success closes from everywhere: that something arrived cannot be argued with.
 */
export type BreakerState =
  | { readonly name: "closed"; readonly failures: number }
  | { readonly name: "open"; readonly failures: number; readonly dueMs: number }
  | { readonly name: "probing"; readonly failures: number };

export type BreakerEvent =
  | { readonly type: "asked"; readonly nowMs: number }
  | { readonly type: "worked" }
  /** It was called off, which says nothing. */
  | { readonly type: "abandoned"; readonly nowMs: number }
  /** `chance` is a number in [0, 1). */
  | { readonly type: "failed"; readonly nowMs: number; readonly chance: number };

export interface BreakerPolicy {
  /** So many failures in a row open it. */
  readonly mostFailures: number;
  /** How long it is open at first. It doubles with each probe that fails. */
  readonly baseMs: number;
  /** It is never open for longer. */
  readonly maxMs: number;
}

export const closed: BreakerState = { name: "closed", failures: 0 };

export function nextBreakerState(
  state: BreakerState,
  event: BreakerEvent,
  policy: BreakerPolicy,
): BreakerState {
  switch (event.type) {
    case "worked":
      return state.name === "closed" && state.failures === 0 ? state : closed;
    case "asked":
      return state.name === "open" && event.nowMs >= state.dueMs
        ? { name: "probing", failures: state.failures }
        : state;
    case "abandoned":
      return state.name === "probing"
        ? { name: "open", failures: state.failures, dueMs: event.nowMs }
        : state;
    case "failed": {
      if (state.name === "open") return state; // it began before, and says nothing new
      const failures = state.failures + 1;
      if (failures < policy.mostFailures) return { name: "closed", failures };
      return { name: "open", failures, dueMs: event.nowMs + openMs(failures, event.chance, policy) };
    }
  }
}

/** Half of it is by chance, so that those whom one fault has hit do not probe as one. */
function openMs(failures: number, chance: number, { mostFailures, baseMs, maxMs }: BreakerPolicy): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** (failures - mostFailures));
  return Math.ceil((ceiling * (1 + chance)) / 2);
}
