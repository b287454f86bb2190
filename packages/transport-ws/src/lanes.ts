import type { Command } from "@tidings/core/protocol";

/**
 * The running numbers of a link's submits, one row per conversation (D7).
 *
 * The server takes numbers only in order. Once it has refused one for now it refuses all behind, and waits for
 * `expected`; whoever submits must then begin again from there. But between the refusal's arrival and the moment the
 * submitter hears of it, it may submit something new; numbered from `expected` that would take the place of what was
 * refused. So the numbers go back only when one of the refused commands is submitted again, which proves that its
 * submitter knows. What comes before that is numbered on, and refused like the rest.
 *
 * A run is the numbers between two such restarts. Refusals that belong to an earlier run say nothing about this one.
 * One run is kept for each conversation written to on this link, as at the server, and no longer than the link.
 */
export interface Lanes {
  place(command: Command): Place;
}

/** Where one submit stands. */
export interface Place {
  /** Absent for what commutes. */
  readonly number?: number;
  /** The number is used up: the next submit gets the next. */
  take(): void;
  /** Refused for now; `expected` is what the server said. */
  readonly refused: (expected: number | undefined) => void;
}

interface Run {
  next: number;
  /** Where to begin again, once something was refused. */
  expected: number;
  readonly refused: Set<string>;
}

const NOWHERE: Place = { take: () => {}, refused: () => {} };

export function createLanes(): Lanes {
  const runs = new Map<string, Run>();
  return {
    place({ type, conversationId, commandId }) {
      if (type === "receipt.mark") return NOWHERE;
      let run = runs.get(conversationId);
      if (!run || run.refused.has(commandId)) {
        run = { next: run?.expected ?? 1, expected: Infinity, refused: new Set() };
        runs.set(conversationId, run);
      }
      const { next: number } = run;
      return {
        number,
        take: () => void (run.next = number + 1),
        refused(expected = number) {
          run.expected = Math.min(run.expected, expected);
          run.refused.add(commandId);
        },
      };
    },
  };
}
