import type { Clock } from "@tidings/core";
import { failure } from "./close-error.ts";

/** A bound on the handshake: by time, and by whoever calls it off. */
export interface Deadline {
  /** @throws `connection/timeout`, or the signal's reason. */
  within<T>(work: () => T | Promise<T>): Promise<T>;
  /** Leaves no timer and no listener. */
  end(): void;
}

export function startDeadline(clock: Clock, timeoutMs: number, signal: AbortSignal): Deadline {
  let end = (): void => {};
  const passed = new Promise<never>((_, reject) => {
    const callOff = (): void => reject(signal.reason);
    const late = `unable to connect; no welcome within ${timeoutMs} ms`;
    const cancel = clock.after(timeoutMs, () => reject(failure("connection/timeout", late)));
    signal.addEventListener("abort", callOff);
    end = () => {
      cancel();
      signal.removeEventListener("abort", callOff);
    };
  });
  const check = (): void => {
    if (signal.aborted) throw signal.reason;
  };
  return {
    async within(work) {
      check();
      const result = await Promise.race([work(), passed]);
      check(); // it may have been called off after the work was done and before anybody had the result
      return result;
    },
    end: () => end(),
  };
}
