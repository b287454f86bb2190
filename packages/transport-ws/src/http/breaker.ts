import { type Clock, type Observable, type Random, systemClock, systemRandom } from "@tidings/core";
import type { MessagingError } from "@tidings/core/errors";
import { failure } from "../close-error.ts";
import {
  type BreakerEvent,
  type BreakerPolicy,
  type BreakerState,
  closed,
  nextBreakerState,
} from "./breaker-machine.ts";
import { createCell } from "./cell.ts";

export interface BreakerOptions extends Partial<BreakerPolicy> {
  /** For tests. */
  readonly clock?: Clock;
  /** For tests. */
  readonly random?: Random;
}

/** Keeps calls from a service that does not answer, and asks now and then whether it does again. */
export interface CircuitBreaker {
  readonly state: Observable<BreakerState>;
  /**
   * Does `work` unless it is open. `work` fails by rejecting, so it has to end in time.
   *
   * @param isFailure - whether what it rejected with speaks against the service, `undefined` if it says nothing, as when
   *   it was called off. By default everything does.
   * @throws {MessagingError} `connection/failed`, with `retryAfterMs`, where nothing was done; what `work` throws.
   */
  run<T>(work: () => Promise<T>, isFailure?: (error: unknown) => boolean | undefined): Promise<T>;
}

/**
 * A circuit breaker: after some failures in a row (5 by default) calls are refused without being made, for a second that
 * doubles up to half a minute; then a single one may try. Give one to all that call the same service.
 *
 * @example
 * const breaker = createCircuitBreaker();
 * const auth = () => breaker.run(async () => (await fetch("/token")).text());
 * breaker.state.subscribe(({ name }) => console.log(name));
 */
export function createCircuitBreaker(options: BreakerOptions = {}): CircuitBreaker {
  const { clock = systemClock, random = systemRandom } = options;
  const { mostFailures = 5, baseMs = 1_000, maxMs = 30_000 } = options;
  const state = createCell<BreakerState>(closed);
  const tell = (event: BreakerEvent): void =>
    state.set(nextBreakerState(state.get(), event, { mostFailures, baseMs, maxMs }));

  const refusal = (before: BreakerState): MessagingError | undefined => {
    const now = state.get();
    if (now.name === "closed" || (now.name === "probing" && before.name === "open")) return undefined;
    const retryAfterMs = now.name === "open" ? now.dueMs - clock.now() : baseMs;
    const message = "unable to call; too many calls have failed, and it is not yet time to try again";
    return failure("connection/failed", message, { retryAfterMs });
  };

  return {
    state,
    async run(work, isFailure = (): boolean => true) {
      const before = state.get();
      tell({ type: "asked", nowMs: clock.now() });
      const refused = refusal(before);
      if (refused) throw refused;
      try {
        const result = await work();
        tell({ type: "worked" });
        return result;
      } catch (error) {
        const nowMs = clock.now();
        const speaksAgainst = isFailure(error);
        if (speaksAgainst === undefined) tell({ type: "abandoned", nowMs });
        else if (speaksAgainst) tell({ type: "failed", nowMs, chance: random.next() });
        else tell({ type: "worked" });
        throw error;
      }
    },
  };
}
