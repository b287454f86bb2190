/** What is asked of a conversation: its figures from `since` up to, not including, `until` (server time, ms). */
export interface FiguresQuery {
  readonly conversationId: string;
  readonly since: number;
  readonly until: number;
  /** How far the days of whoever asks are ahead of UTC. */
  readonly offsetMs: number;
}

/** What was said in a stretch of time, and how. Deleted messages do not count. */
export interface Measured {
  readonly messages: number;
  /** Who said anything. */
  readonly people: number;
  /** To these messages, whenever they were made; votes in polls are none. */
  readonly reactions: number;
  /** Half of what somebody else said next came within this time; absent where nobody answered anybody. */
  readonly medianResponseMs?: number;
}

export interface DayMeasured extends Measured {
  /** `2026-11-30` */
  readonly day: string;
}

export interface Figures {
  /** Those on which anything was said. */
  readonly days: readonly DayMeasured[];
  readonly total: Measured;
  /** More was said than one answer looks at (`MOST_MEASURED`): what came after that is in none of these. */
  readonly truncated?: true;
}

/** What a store can tell of a conversation as a whole; a statement each for the days and for all of them. */
export type FiguresOf = (query: FiguresQuery) => Promise<Figures | undefined>;

/**
 * Messages looked at for one answer. A database of its own looks at enough for a year of a busy conversation within a second;
 * the embedded one holds up everybody else meanwhile.
 */
export const MOST_MEASURED = { database: 200_000, embedded: 20_000 };
export const DAY_MS = 86_400_000;

export interface FiguresRow {
  readonly day: number;
  readonly messages: number;
  readonly people: number;
  readonly reactions: number;
  readonly median_ms: number | null;
}

/**
 * One row for each day, or one for all, in the language of either database. It reads the messages of a run of sequences by
 * their key, from the one before the first that counts: what that answers has to be known.
 *
 * @param value - how the n-th value is written: conversation, first and last sequence, since, until, offset.
 */
export function figuresStatement(value: (place: number) => string, byDay: boolean): string {
  // Cast, as one of the drivers gives all numbers as fractions.
  const day = `CAST((m.created_at + ${value(6)}) / ${byDay ? DAY_MS : Number.MAX_SAFE_INTEGER} AS bigint)`;
  return `
    WITH said AS (
      SELECT m.author_id, m.is_deleted, m.created_at, ${day} AS day,
        lag(m.author_id) OVER places AS before_by, m.created_at - lag(m.created_at) OVER places AS ms,
        (SELECT count(*) FROM reactions r WHERE r.message_id = m.id AND r.emoji NOT LIKE 'option %') AS reactions
      FROM messages m WHERE m.conversation = ${value(1)} AND m.seq >= ${value(2)} AND m.seq <= ${value(3)}
      WINDOW places AS (ORDER BY m.seq)
    ), counted AS (
      SELECT * FROM said WHERE created_at >= ${value(4)} AND created_at < ${value(5)} AND NOT is_deleted
    ), answers AS (
      SELECT day, ms, row_number() OVER (PARTITION BY day ORDER BY ms) AS place, count(*) OVER (PARTITION BY day) AS many
      FROM counted WHERE before_by <> author_id
    ), medians AS (
      SELECT day, avg(ms) AS ms FROM answers WHERE place IN ((many + 1) / 2, (many + 2) / 2) GROUP BY day
    )
    SELECT c.day, count(*) AS messages, count(DISTINCT c.author_id) AS people, sum(c.reactions) AS reactions,
      max(m.ms) AS median_ms
    FROM counted c LEFT JOIN medians m ON m.day = c.day GROUP BY c.day ORDER BY c.day`;
}

/** When the first message behind those that are looked at was sent; the values are conversation and last sequence. */
export function beyondStatement(value: (place: number) => string): string {
  return `SELECT created_at FROM messages WHERE conversation = ${value(1)} AND seq > ${value(2)} ORDER BY seq LIMIT 1`;
}

export interface BeyondRow {
  readonly created_at: number;
}

/** @param beyond - what `beyondStatement` finds */
export function figuresFrom(
  days: readonly FiguresRow[],
  [total]: readonly FiguresRow[],
  beyond: BeyondRow | undefined,
  { until }: Pick<FiguresQuery, "until">,
): Figures {
  const nothing = { day: 0, messages: 0, people: 0, reactions: 0, median_ms: null };
  return {
    days: days.map((row) => ({
      day: new Date(Number(row.day) * DAY_MS).toISOString().slice(0, 10),
      ...measuredOf(row),
    })),
    total: measuredOf(total ?? nothing),
    ...(beyond && Number(beyond.created_at) < until && { truncated: true }),
  };
}

function measuredOf({ messages, people, reactions, median_ms: ms }: FiguresRow): Measured {
  return {
    ...{ messages: Number(messages), people: Number(people), reactions: Number(reactions) },
    ...(ms !== null && { medianResponseMs: Math.round(Number(ms)) }),
  };
}
