import type { Clock } from "../base/clock.ts";
import type { PartAnswer, PartSender } from "./put-part.ts";

/** A part that was seen to move is given up when it has not for so long; so is one whose answer does not come. */
const STALL_MS = 60_000;
/** By `fetch` nobody sees it move: beside that it has as long as over 4 kB/s, about what GPRS gives. */
const LEAST_BYTES_PER_MS = 4;

/** Gives up parts that get nowhere (U17): of a link that is half open, or a store that takes and never answers, nobody tells. */
export function withoutStalls(send: PartSender, clock: Clock): PartSender {
  return (request) => {
    const flight = new AbortController();
    const { signal, body } = request;
    const callOff = (): void => flight.abort(signal.reason);
    if (signal.aborted) callOff();
    signal.addEventListener("abort", callOff, { once: true });

    const giveUp = (): void => flight.abort(new Error("the part gets nowhere"));
    let cancel = clock.after(STALL_MS + body.byteLength / LEAST_BYTES_PER_MS, giveUp);
    const onProgress = (bytes: number): void => {
      cancel();
      cancel = clock.after(STALL_MS, giveUp);
      request.onProgress(bytes);
    };
    return new Promise<PartAnswer>((resolve, reject) => {
      // Not every `fetch` of an app listens to its signal.
      flight.signal.addEventListener("abort", () => reject(flight.signal.reason));
      send({ ...request, signal: flight.signal, onProgress }).then(resolve, reject);
    }).finally(() => {
      cancel();
      signal.removeEventListener("abort", callOff);
    });
  };
}
