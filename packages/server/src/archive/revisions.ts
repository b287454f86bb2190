/** As many as one number has bits for without becoming a slow one. */
const IN_ONE = 30;

/** Which revisions of a conversation were given. Of those that are dense, as they are, it remembers a bit each. */
export class Revisions {
  readonly #given = new Map<number, number>();

  /** @returns false if it was given before. */
  give(rev: number): boolean {
    const place = Math.floor(rev / IN_ONE);
    const bit = 1 << (rev % IN_ONE);
    const given = this.#given.get(place) ?? 0;
    this.#given.set(place, given | bit);
    return (given & bit) === 0;
  }
}
