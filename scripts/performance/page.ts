/** The page on performance and its plots, made from what benches kept. No figure on it was written by hand. */
import { existsSync, readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { plotOf } from "./plot.ts";
import { type BenchTable, ratiosOf } from "./ratios.ts";

const FOLDER = "docs/performance";
export const RESULTS: string = `${FOLDER}/results.json`;

interface Result {
  readonly date: string;
  readonly machine: string;
  readonly load: number;
  readonly tables: readonly BenchTable[];
}

const INTRODUCTION = `# Performance

What \`npm run bench -- --save\` measured; \`npm run docs\` makes this page and its plots of it. Each bench runs its contenders by
turns on one machine, so **ratios** mean something elsewhere too, and they are what is plotted: at 2× ours took twice the time,
or, where a table counts what was done, did twice as much. Times and rates are of the machine named. Where more processes wanted its processors than it has, the bench was not alone, and says so.`;

/** @returns path below the root, and content: the page, and a plot for each column of ratios. */
export async function performanceFiles(): Promise<ReadonlyMap<string, string>> {
  const results: Record<string, Result> = existsSync(RESULTS)
    ? JSON.parse(readFileSync(RESULTS, "utf8"))
    : {};
  const files = new Map<string, string>();
  const parts = Object.entries(results).map(([name, result]) => partOf(name, result, files));
  const config = (await resolveConfig("README.md")) ?? {};
  const page = await format([INTRODUCTION, ...parts].join("\n\n"), { ...config, parser: "markdown" });
  return files.set("docs/performance.md", page);
}

function partOf(name: string, { date, machine, load, tables }: Result, files: Map<string, string>): string {
  const cores = Number(/(\d+) cores/.exec(machine)?.[1]);
  const alone = load <= cores ? "" : `, ${load} processes wanting its ${cores} processors when it began`;
  const where = `_\`npm run bench -- ${name}\`, ${date}, ${machine}${alone}_`;
  const shown = tables.map((table, index) => {
    const plots = [...ratiosOf(table)].map(([column, ratios], place) => {
      const file = `${name}-${index + 1}${place > 0 ? `-${place + 1}` : ""}.svg`;
      files.set(`${FOLDER}/${file}`, plotOf(table.title, column, ratios));
      return `![${column}](performance/${file})`;
    });
    return [`## ${table.title}`, table.note, where, ...plots, tableOf(table)].join("\n\n");
  });
  return shown.join("\n\n");
}

function tableOf({ rows }: BenchTable): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    line(["case", ...columns]),
    line(["---", ...columns.map(() => "--:")]),
    ...rows.map(({ name, figures }) => line([name, ...columns.map((column) => show(figures[column]))])),
  ].join("\n");
}

function show(figure: string | number | undefined): string {
  if (typeof figure !== "number") return figure ?? "";
  return Math.abs(figure) >= 1_000 ? Math.round(figure).toLocaleString("en") : figure.toPrecision(3);
}
