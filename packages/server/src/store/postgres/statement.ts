import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { build, type Tables } from "./tables.ts";

/** A statement to be run, and what its rows are. */
export interface Statement<Row> {
  compile(database: Kysely<Tables>): CompiledQuery<Row>;
}

/** A statement that each connection parses and plans once, with values for this time. */
export interface Prepared<Row> {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Never called: says what the rows are. */
  readonly of?: (row: Row) => void;
}

/**
 * To be called once for each statement; it names columns one by one, as a later version may add some.
 *
 * @param statement - with any values; those it runs with are given each time, in the order of the text.
 */
export function prepare<Row>(
  name: string,
  statement: Statement<Row>,
): (...values: readonly unknown[]) => Prepared<Row> {
  const { sql: text } = statement.compile(build);
  return (...values) => ({ name, text, values });
}

export type ArrayType = "text" | "bigint" | "int" | "boolean" | "json" | "tsvector";

/** Puts values into one array parameter, so that a statement reads the same for one row and for a thousand. */
export function array(type: ArrayType, values: readonly unknown[]): RawBuilder<readonly unknown[]> {
  return sql`${values}::${sql.raw(type)}[]`;
}
