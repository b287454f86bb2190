import type { EngineClock } from "@tidings/server/testing";
import type { Life } from "./life.ts";
import type { Time } from "./time.ts";

/** The time of one process of the server: what it has set goes with it. */
export function clockOf(life: Life, time: Time): EngineClock {
  return {
    now: () => time.now(),
    soon: (task) => void life.after(0, task),
    every(periodMs, task) {
      const again = (): void => {
        cancel = life.after(periodMs, again);
        task();
      };
      let cancel = life.after(periodMs, again);
      return () => cancel();
    },
  };
}
