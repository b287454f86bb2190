import { type RawBuilder, sql } from "kysely";
import { array, type ArrayType, prepare, type Prepared } from "./statement.ts";

/** One column of what is written, and its value in a row. */
export type Column<Row> = readonly [ArrayType, (row: Row) => unknown];

export type Writer<Row> = (rows: readonly Row[]) => readonly Prepared<unknown>[];

/** A statement about rows, given as one array per column: the same for one row and for a thousand. */
export function writer<Row>(
  name: string,
  columns: readonly Column<Row>[],
  statement: (rows: RawBuilder<unknown>) => RawBuilder<unknown>,
): Writer<Row> {
  const arrays = columns.map(([type]) => array(type, []));
  const prepared = prepare(name, statement(sql`unnest(${sql.join(arrays)})`));
  return (rows) => (rows.length === 0 ? [] : [prepared(...valuesOf(rows, columns))]);
}

export function valuesOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): readonly (readonly unknown[])[] {
  return columns.map(([, read]) => rows.map(read));
}
