import type { figures as english } from "./figures.en.ts";

export const figures: typeof english = {
  inFigures: "In Zahlen",
  titleInFigures: (title) => `${title} in Zahlen`,
  span: "Zeitraum",
  lastDays: (days) => `Die letzten ${days}`,
  otherDays: "Andere Tage",
  firstDay: "Von",
  lastDay: "Bis",
  wrongSpan: "Wähle höchstens 366 Tage, den ersten vor dem letzten.",
  downloadCsv: "Als CSV herunterladen",
  nothingCounted: "In dieser Zeit wurde nichts gesagt.",
  notAllCounted: (day) =>
    `Es wurde so viel gesagt, dass nicht alles gezählt ist: Es endet am ${day}. Wähle weniger Tage.`,
  knownAsOf: (when) => `Was zuletzt bekannt war, Stand ${when}.`,
  inAll: "Insgesamt",
  day: "Tag",
  measures: {
    messages: "Nachrichten",
    people: "Leute, die schrieben",
    reactions: "Reaktionen",
    medianResponseMs: "Zeit bis zur Antwort, Median",
  },
  noMeasure: "keine",
  plotSpoken: (title, most, day) => `${title} je Tag: höchstens ${most}, am ${day}`,
  asTable: "Als Tabelle",
};
