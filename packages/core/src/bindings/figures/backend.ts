/** What was said in a stretch of time, and how. Deleted messages do not count. */
export interface Measured {
  readonly messages: number;
  /** How many people said anything. */
  readonly people: number;
  /** To these messages, whenever they were made. */
  readonly reactions: number;
  /** Half of what somebody else said next came within this time; absent where nobody answered anybody. */
  readonly medianResponseMs?: number;
}

export interface DayMeasured extends Measured {
  /** `"2026-11-30"` */
  readonly day: string;
}

/** A conversation in figures: how much was said by how many. Never who. */
export interface Figures {
  /** Those on which anything was said. */
  readonly days: readonly DayMeasured[];
  readonly total: Measured;
  /** More was said than the backend looks at: what came after that is in none of these. */
  readonly truncated?: true;
}

/** From when up to, not including, when: server time, ms. 366 days at most. */
export interface FiguresSpan {
  readonly since: number;
  readonly until: number;
  /** How far one's own days are ahead of UTC. Default 0. */
  readonly offsetMinutes?: number | undefined;
}

export interface FiguresQuery extends FiguresSpan {
  readonly conversationId: string;
}

/** Who counts: the port for backends of your own. Both reject with a `MessagingError`. */
export interface FiguresBackend {
  of(query: FiguresQuery): Promise<Figures>;
  /** The days as a table. */
  csv(query: FiguresQuery): Promise<Blob>;
}
