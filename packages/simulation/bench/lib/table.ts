/** One row: what was measured, and the figures by column name. */
export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, string | number>>;
}

/** What one bench found. */
export interface Table {
  readonly title: string;
  /** What was done, on what, and against what: enough to judge the figures by. */
  readonly note: string;
  readonly rows: readonly Row[];
}

/** A table as text, numbers aligned to the right. */
export function formatTable({ title, note, rows }: Table): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const cells = [
    ["", ...columns],
    ...rows.map((row) => [row.name, ...columns.map((column) => show(row.figures[column]))]),
  ];
  const widths = ["", ...columns].map((_, index) =>
    Math.max(...cells.map((line) => line[index]?.length ?? 0)),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  "),
  );
  return [`## ${title}`, note, "", ...lines, ""].join("\n");
}

/** The middle value; of an even number the lower middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest value that at least `share` of all do not exceed (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function show(figure: string | number | undefined): string {
  if (figure === undefined) return "";
  if (typeof figure === "string") return figure;
  if (Math.abs(figure) >= 1_000) return Math.round(figure).toLocaleString("en");
  return figure.toPrecision(3);
}
