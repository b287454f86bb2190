import type { Cancel, Clock } from "../base/clock.ts";
import type { Observable } from "../base/observable.ts";
import type { RateStatus } from "../rate-limit/rate-status.ts";

/** Whole seconds until something may be sent again, 0 if it may now. Ticks while somebody listens. */
export function createCountdown(rate: Observable<RateStatus>, clock: Clock): Observable<number> {
  const leftMs = (): number => Math.max(0, (rate.get().readyAtMs ?? 0) - clock.now());
  const get = (): number => Math.ceil(leftMs() / 1_000);
  return {
    get,
    subscribe(listener) {
      let cancel: Cancel = () => {};
      let told = get();
      const tick = (): void => {
        cancel();
        const left = leftMs();
        if (left > 0) cancel = clock.after(left % 1_000 || 1_000, tick);
        const next = get();
        if (next !== told) listener((told = next));
      };
      tick();
      const unsubscribe = rate.subscribe(tick);
      return () => {
        unsubscribe();
        cancel();
      };
    },
  };
}
