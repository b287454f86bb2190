/** Days as figures have them: at one distance from UTC, so that each has 24 hours; and as people have them. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** What a server counts at once. */
const MOST_DAYS = 366;

/** From one day to another, both in it, each as in "2026-11-30". */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Minutes that the clocks here are ahead of UTC. */
export function offsetOf(now: number): number {
  return -new Date(now).getTimezoneOffset();
}

/** The last so many days, today among them. */
export function lastDays(many: number, now: number, offsetMinutes: number): Span {
  const today = now + offsetMinutes * MINUTE_MS;
  return { from: nameOf(today - (many - 1) * DAY_MS), to: nameOf(today) };
}

/** Every day of it; none if it is none, or more than can be counted at once. */
export function daysIn({ from, to }: Span): readonly string[] {
  const [first, last] = [startOf(from), startOf(to)];
  const many = Math.round((last - first) / DAY_MS) + 1;
  if (!(many >= 1 && many <= MOST_DAYS)) return [];
  return Array.from({ length: many }, (_, index) => nameOf(first + index * DAY_MS));
}

/** When it begins and ends, ms. */
export function timesOf(
  { from, to }: Span,
  offsetMinutes: number,
): { readonly since: number; readonly until: number } {
  const ahead = offsetMinutes * MINUTE_MS;
  return { since: startOf(from) - ahead, until: startOf(to) + DAY_MS - ahead };
}

/** The days between two times: what `timesOf` was given. */
export function spanOf(
  { since, until }: { readonly since: number; readonly until: number },
  offsetMinutes: number,
): Span {
  const ahead = offsetMinutes * MINUTE_MS;
  return { from: nameOf(since + ahead), to: nameOf(until + ahead - DAY_MS) };
}

/** At midnight, UTC; `NaN` while it is being typed. */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function nameOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The day a time is in, by the clocks here. */
export function dayOf(at: number): string {
  const local = new Date(at);
  return nameOf(Date.UTC(local.getFullYear(), local.getMonth(), local.getDate()));
}

/** When a day begins by the clocks here, ms; `NaN` while it is being typed. @param after - so many days later. */
export function startOfLocal(day: string, after = 0): number {
  const utc = new Date(startOf(day) + after * DAY_MS);
  return new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate()).getTime();
}
