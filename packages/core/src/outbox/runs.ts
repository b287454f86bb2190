import type { Cancel, Clock } from "../base/clock.ts";
import type { Entry } from "./entry.ts";
import { emptyLane, isEmpty, type Lane } from "./lane.ts";

/** One conversation's lane, and what it waits for. */
export interface Run {
  lane: Lane<Entry>;
  /** Set while the lane waits for time to pass. */
  pause: Cancel | undefined;
}

/** The lanes there are: none of a conversation in which nothing waits (D9). */
export interface Runs {
  /** Made when first asked for. */
  of(conversationId: string): Run;
  ids(): readonly string[];
  /** Stops the lane for so long, instead of for as long as it was to wait. */
  pause(conversationId: string, delayMs: number): void;
  /** Nothing waits in it any more, perhaps. */
  tidy(conversationId: string): void;
  close(): void;
}

/** @param onDue - a lane has waited for long enough. */
export function createRuns(clock: Clock, onDue: (conversationId: string) => void): Runs {
  const runs = new Map<string, Run>();

  const of = (conversationId: string): Run => {
    let run = runs.get(conversationId);
    if (!run) runs.set(conversationId, (run = { lane: emptyLane(), pause: undefined }));
    return run;
  };

  return {
    of,
    ids: () => [...runs.keys()],
    pause(conversationId, delayMs) {
      const run = of(conversationId);
      run.pause?.();
      run.pause = clock.after(delayMs, () => {
        run.pause = undefined;
        onDue(conversationId);
      });
    },
    tidy(conversationId) {
      if (isEmpty(of(conversationId).lane)) runs.delete(conversationId);
    },
    close() {
      for (const run of runs.values()) run.pause?.();
    },
  };
}
