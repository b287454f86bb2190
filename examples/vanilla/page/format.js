/** How people, times and numbers are written. */

const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const fullTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const shortWeekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const relativeDay = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const list = new Intl.ListFormat(undefined, { type: "conjunction" });

const DAY_MS = 86_400_000;

/** "14:05" @param {number} at */
export const timeOf = (at) => clockTime.format(at);

/** For tooltips and screen readers. @param {number} at */
export const fullTimeOf = (at) => fullTime.format(at);

/** "Ada, Grace and Alan" @param {readonly string[]} names */
export const listOf = (names) => list.format(names);

/** The calendar day, to tell days apart. @param {number} at */
export const dayKey = (at) => new Date(at).toDateString();

/** "today", "yesterday", "Tuesday", "3 March". @param {number} at */
export function dayOf(at) {
  const days = Math.round((startOfDay(Date.now()) - startOfDay(at)) / DAY_MS);
  if (days < 2) return capital(relativeDay.format(-days, "day"));
  return days < 7 ? weekday.format(at) : date.format(at);
}

/** As short as a list wants it: the time today, else the day. @param {number} at */
export function shortTimeOf(at) {
  const days = Math.round((startOfDay(Date.now()) - startOfDay(at)) / DAY_MS);
  if (days < 1) return timeOf(at);
  return days < 7
    ? shortWeekday.format(at)
    : new Date(at).toLocaleDateString(undefined, { dateStyle: "short" });
}

/** @param {number} at */
function startOfDay(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The demo's user ids are first names; a real app looks its people up. @param {string} userId */
export const nameOf = (userId) => capital(userId);

/** The same colour for the same id, everywhere: a hue in degrees, by FNV-1a. @param {string} id */
export function hueOf(id) {
  let hash = 2_166_136_261;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return String(hash % 360);
}

/** One letter for an avatar. @param {string} name */
export const initialOf = (name) => (Array.from(name.trim())[0] ?? "?").toUpperCase();

/** "1 message", "3 messages" @param {number} count @param {string} one @param {string} [many] */
export const countOf = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** @param {string} text */
export function capital(text) {
  const [first = "", ...rest] = Array.from(text);
  return first.toUpperCase() + rest.join("");
}

/** What a message says; a sealed one says nothing here. @param {import("@tidings/core/protocol").MessageRecord} message */
export function textOf({ content, deletedAt }) {
  if (deletedAt !== undefined) return "This message was deleted.";
  return "text" in content ? content.text : "An encrypted message";
}
