/**
 * One link's submits to one conversation, numbered from 1. A submit uses up its number when it is accepted or refused
 * for good; after a passing refusal the lane still waits for that number, so what was sent behind it is refused too
 * and order holds (D7).
 *
 * Laws:
 *   1  done ≤ taken; both only rise, but for `release`.
 *   2  A new command is taken only with the number taken + 1.
 *   3  A command answered before may come again with any number up to taken + 1 (D2).
 */
export interface Lane {
  /** The highest number answered. */
  done: number;
  /** The highest number handed to the store; what is above `done` is being committed. */
  taken: number;
}

export function expectedOf(lane: Lane): number {
  return lane.taken + 1;
}

/** May a command with this number be answered now? */
export function isInOrder(lane: Lane, number: number, isKnown: boolean): boolean {
  return number === expectedOf(lane) || (isKnown && number < expectedOf(lane));
}

/** Uses up `number`; a repeated, lower one uses up nothing. */
export function take(lane: Lane, number: number): void {
  lane.taken = Math.max(lane.taken, number);
}

/** What was taken has been committed. */
export function settle(lane: Lane): void {
  lane.done = lane.taken;
}

/** What was taken has not been committed. */
export function release(lane: Lane): void {
  lane.taken = lane.done;
}
