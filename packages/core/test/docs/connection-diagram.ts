import { connectionMoves } from "../../src/inspect/moves.ts";

/** What the machine does, as it was found by doing everything to it: `from --> to: events`. */
export function connectionSteps(): readonly string[] {
  return connectionMoves().map(({ from, to, events }) => `${from} --> ${to}: ${events.join(", ")}`);
}
