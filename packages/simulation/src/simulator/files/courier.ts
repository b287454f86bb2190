import type { Random } from "@tidings/core";
import type { PartAnswer, PartSender } from "@tidings/core/uploads";
import type { Life } from "../life.ts";
import type { Time } from "../time.ts";
import type { Depot } from "./depot.ts";

/** What happens to parts on their way from one device. Counted down, but for the last. */
export interface CourierFaults {
  /** Parts that do not get there. */
  lost: number;
  /** Parts that get there, and nobody on the device gets to know. */
  unanswered: number;
  /** Parts that get there a second time, much later. */
  doubled: number;
  /** Parts whose address is said to be no good. */
  refused: number;
  /** Longest time a part takes, ms. */
  latencyMs: number;
}

export interface CourierOptions {
  readonly time: Time;
  readonly random: Random;
  readonly depot: Depot;
  readonly faults: CourierFaults;
  /** Is there a way from this device to anywhere? */
  readonly hasWay: () => boolean;
  readonly onMishap: (name: string) => void;
}

const LATENCY_MS = 60;
/** After this long a device takes a part for lost. */
const PATIENCE_MS = 5_000;
const MUCH_LATER_MS = 120_000;

export const calmCourier = (): CourierFaults => ({
  ...{ lost: 0, unanswered: 0, doubled: 0, refused: 0, latencyMs: LATENCY_MS },
});

/** Takes parts to the depot: a part that has left gets there, whatever becomes of who sent it. */
export function createCourier(options: CourierOptions): (life: Life) => PartSender {
  const { time, random, depot, faults, onMishap } = options;

  const count = (name: "lost" | "unanswered" | "doubled" | "refused"): boolean => {
    if (faults[name] === 0) return false;
    faults[name] -= 1;
    onMishap(`part ${name}`);
    return true;
  };

  return (life) =>
    ({ url, headers, body, signal, onProgress }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        life.step();
        if (life.isOver) return;
        const bytes = new Uint8Array(body.slice(0));
        const isOnItsWay = options.hasWay() && !count("lost");
        const delayMs = random.next() * faults.latencyMs;
        const abort = (): void => reject(signal.reason);
        signal.addEventListener("abort", abort, { once: true });
        const answer = (afterMs: number, what: PartAnswer): void =>
          void life.after(afterMs, () => {
            life.step();
            signal.removeEventListener("abort", abort);
            if (!life.isOver) resolve(what);
          });
        if (!isOnItsWay) return answer(random.next() * PATIENCE_MS, { type: "failed" });
        life.after(delayMs / 2, () => onProgress(bytes.length >> 1));
        time.after(delayMs, () => {
          if (count("refused")) return answer(0, { type: "stale" });
          const what = depot.put(url, headers, bytes);
          if (count("doubled"))
            time.after(random.next() * MUCH_LATER_MS, () => void depot.put(url, headers, bytes));
          if (count("unanswered")) answer(random.next() * PATIENCE_MS, { type: "failed" });
          else answer(delayMs, what);
        });
        life.step();
      });
}
