/** Numbers of now, for whoever watches. */
export interface Vitals {
  readonly links: number;
  readonly users: number;
  readonly conversations: number;
  readonly commitQueue: number;
  readonly queryQueue: number;
  readonly backlogBytes: number;
  /** Changes and receipts handed to links so far. */
  readonly deliveries: number;
}
