/** What a bench measured against something else: figures that mean the same on any machine. */

/** As `packages/simulation/bench/lib/table.ts` has it. */
export interface BenchTable {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly {
    readonly name: string;
    readonly figures: Readonly<Record<string, string | number>>;
  }[];
}

export interface Ratio {
  readonly name: string;
  readonly times: number;
}

/** The ratios of each column that holds some: `× bare ws`, or figures written as `1.26×`. */
export function ratiosOf({ rows }: BenchTable): ReadonlyMap<string, readonly Ratio[]> {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const found = columns.map((column): [string, Ratio[]] => [
    column,
    rows.flatMap(({ name, figures }) => {
      const times = ratioIn(column, figures[column]);
      return times === undefined ? [] : [{ name, times }];
    }),
  ]);
  return new Map(found.filter(([, ratios]) => ratios.length > 1));
}

function ratioIn(column: string, figure: string | number | undefined): number | undefined {
  const text = String(figure ?? "");
  const isRatio = column.includes("×") || column === "ratio" || /^[\d.]+×$/.test(text);
  const times = Number.parseFloat(text);
  return isRatio && Number.isFinite(times) ? times : undefined;
}
