/** What a poll asks beside its question; fixed once it was sent. */
export interface Poll {
  readonly options: readonly string[];
  /** One may choose several. */
  readonly many?: boolean;
  /** Nobody but the voter learns what they chose, nor whether they did. */
  readonly anonymous?: boolean;
  /** From then on no vote is taken; server time, ms. */
  readonly closesAt?: number;
}

/** How a poll stands. */
export interface PollTally {
  /** In the order of the options. */
  readonly results: readonly PollResult[];
  /** How many have voted. */
  readonly voters: number;
  readonly closedAt?: number;
  readonly closedBy?: string;
}

export interface PollResult {
  readonly count: number;
  /** The first few who chose it, nobody of an anonymous poll; everybody by query. */
  readonly userIds: readonly string[];
}

/** What a vote for an option is kept as, where reactions are: no emoji, as in those there is no space. */
export function optionMark(option: number): string {
  return `option ${option}`;
}

/** The option that a mark is a vote for; undefined for an emoji. */
export function optionOf(mark: string): number | undefined {
  const [, option] = /^option (\d+)$/u.exec(mark) ?? [];
  return option === undefined ? undefined : Number(option);
}
