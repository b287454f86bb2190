/** A deliberate defect: `from` is replaced by `to` in one source file. */
export interface Mutation {
  readonly name: string;
  /** Below `packages`. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly from: string;
  readonly to: string;
}
