const HOUR_MS = 3_600_000;
const MORNING = 9;
const MONDAY = 1;

/** When people mean by "later": in an hour, tomorrow morning, and on Monday morning unless that is tomorrow. */
export function laterTimes(now: number = Date.now()): readonly number[] {
  const tomorrow = morningIn(now, 1);
  const monday = morningIn(now, (MONDAY - new Date(now).getDay() + 7) % 7 || 7);
  return [...new Set([now + HOUR_MS, tomorrow, monday])];
}

export function inAnHour(): number {
  return Date.now() + HOUR_MS;
}

function morningIn(now: number, days: number): number {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  return day.setHours(MORNING, 0, 0, 0);
}
