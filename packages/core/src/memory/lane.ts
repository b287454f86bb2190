/**
 * One link's submits to one conversation. After a passing refusal those behind are refused too, until the submitter has
 * every answer and begins again with something that was refused: order holds, or nothing happens (D7).
 */
export class Lane {
  /** Submits whose answers are on their way. */
  inFlight = 0;
  readonly #refused = new Set<string>();

  /** May this command be looked at now? */
  admits(commandId: string): boolean {
    if (this.#refused.size === 0) return true;
    if (this.inFlight > 0 || !this.#refused.has(commandId)) return false;
    this.#refused.clear();
    return true;
  }

  refuse(commandId: string): void {
    this.#refused.add(commandId);
  }
}
