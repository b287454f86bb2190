const DAY_MS = 86_400_000;

/** How times and lists are written in one language. */
export interface Formats {
  /** "14:05" */
  time(at: number): string;
  /** For tooltips and screen readers. */
  fullTime(at: number): string;
  /** "today", "yesterday", "Tuesday", "3 March". */
  day(at: number): string;
  /** As short as a list wants it: the time today, else the day. */
  shortTime(at: number): string;
  /** When something will be: the time today, else the day with it. */
  future(at: number): string;
  /** "Mon 3 March", of a day that begins at that time, UTC. */
  calendarDay(at: number): string;
  /** "4 min", "2.5 h" */
  duration(ms: number): string;
  /** "30 days" */
  days(many: number): string;
  /** "12,000" */
  number(many: number): string;
  /** "Ada, Grace and Alan" */
  list(names: readonly string[]): string;
}

export function createFormats(locale: string): Formats {
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const fullTime = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
  const shortWeekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
  const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" });
  const dateOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
  const shortDate = new Intl.DateTimeFormat(locale, { dateStyle: "short" });
  const relativeDay = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const dayAndTime = new Intl.DateTimeFormat(locale, {
    ...{ weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" },
  });
  const calendarDay = new Intl.DateTimeFormat(locale, {
    ...{ weekday: "short", day: "numeric", month: "long", timeZone: "UTC" },
  });
  const unitOf = (unit: string): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 });
  const [seconds, minutes, hours] = [unitOf("second"), unitOf("minute"), unitOf("hour")];
  const days = new Intl.NumberFormat(locale, {
    ...{ style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: 1 },
  });
  const number = new Intl.NumberFormat(locale);
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  return {
    time: (at) => time.format(at),
    fullTime: (at) => fullTime.format(at),
    future: (at) => (daysAgo(at) === 0 ? time : dayAndTime).format(at),
    calendarDay: (at) => calendarDay.format(at),
    duration(ms) {
      if (ms < 60_000) return seconds.format(ms / 1_000);
      return ms < 3_600_000 ? minutes.format(ms / 60_000) : hours.format(ms / 3_600_000);
    },
    days: (many) => days.format(many),
    number: (many) => number.format(many),
    list: (names) => list.format(names),
    day(at) {
      const days = daysAgo(at);
      if (days < 2) return relativeDay.format(-days, "day").replace(/^./u, (letter) => letter.toUpperCase());
      const isThisYear = new Date(at).getFullYear() === new Date().getFullYear();
      return (days < 7 ? weekday : isThisYear ? date : dateOfYear).format(at);
    },
    shortTime(at) {
      const days = daysAgo(at);
      if (days < 1) return time.format(at);
      return (days < 7 ? shortWeekday : shortDate).format(at);
    },
  };
}

export function isSameDay(one: number, other: number): boolean {
  return startOfDay(one) === startOfDay(other);
}

function daysAgo(at: number): number {
  return Math.round((startOfDay(Date.now()) - startOfDay(at)) / DAY_MS);
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
