import { type RawBuilder, sql } from "kysely";

/**
 * What nobody reads with the eyes of a person. `tidings_reader` has no right to it; and were it given one by mistake, it
 * would see no row, as no policy shows it any. The server, to whom the tables belong, is not bound by that.
 */
export const closedSchema: RawBuilder<unknown> = sql.raw(
  [
    ...["answers", "audit", "searchable", "files", "shown_files"],
    ...["push_targets", "cases", "case_flags", "previews", "erasures"],
  ]
    .map((table) => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;`)
    .join("\n"),
);
