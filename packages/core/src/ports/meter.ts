/** Takes measurements; names are listed in docs. Never given a user, conversation or message id as a label. */
export interface Meter {
  /** Adds to a counter. */
  add(name: string, value: number): void;
  /** Records one observation of a distribution. */
  observe(name: string, value: number): void;
}
