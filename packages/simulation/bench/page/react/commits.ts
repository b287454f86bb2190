/** From a message's arrival at the page to React's commit of it, and on to what is painted. */
import { useLayoutEffect } from "react";

let arrivedMs: number | undefined;
let takenMs: number[] = [];
let firstPainted: (() => void) | undefined;

/** Called by what listens to the socket, before anything else looks at the message. */
export function arrived(): void {
  arrivedMs ??= performance.now();
}

/** What was measured since the last time it was asked for. */
export function takeCommits(): readonly number[] {
  const taken = takenMs;
  takenMs = [];
  arrivedMs = undefined;
  return taken;
}

/** Resolves when the first screen with messages in it has been painted. */
export function firstPaint(): Promise<number> {
  return new Promise((resolve) => {
    firstPainted = () => {
      firstPainted = undefined;
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    };
  });
}

/** In a screen: tells that what ends with this message is on the page. */
export function useCommit(newest: string | undefined): void {
  useLayoutEffect(() => {
    if (newest === undefined) return;
    firstPainted?.();
    if (arrivedMs === undefined) return;
    takenMs.push(performance.now() - arrivedMs);
    arrivedMs = undefined;
  }, [newest]);
}
