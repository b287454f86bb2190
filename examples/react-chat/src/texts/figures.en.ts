/** Of the page with a conversation in figures. */
export const figures = {
  inFigures: "In figures",
  titleInFigures: (title: string) => `${title} in figures`,
  span: "Time",
  lastDays: (days: string) => `The last ${days}`,
  otherDays: "Other days",
  firstDay: "From",
  lastDay: "To",
  wrongSpan: "Choose 366 days at most, the first before the last.",
  downloadCsv: "Download as CSV",
  nothingCounted: "Nothing was said in this time.",
  notAllCounted: (day: string) =>
    `So much was said that not all of it is counted: it ends on ${day}. Choose fewer days.`,
  knownAsOf: (when: string) => `What was known last, as of ${when}.`,
  inAll: "In all",
  day: "Day",
  measures: {
    messages: "Messages",
    people: "People who wrote",
    reactions: "Reactions",
    medianResponseMs: "Time to answer, median",
  },
  noMeasure: "none",
  plotSpoken: (title: string, most: string, day: string) => `${title} by day: at most ${most}, on ${day}`,
  asTable: "As a table",
};
