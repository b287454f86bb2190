import { sql } from "kysely";
import type { Reading } from "../../reading.ts";
import type { Session } from "../session.ts";
import { prepare } from "../statement.ts";

/** A conversation that its reader was let into. */
export interface Opened extends Reading {
  /** What is remembered by revision holds for as long as this is the same: no backup, retention or erasure came. */
  readonly edition: string;
}

const editions = prepare(
  "edition",
  sql<{ readonly edition: string }>`
    SELECT string_agg(value, ' ' ORDER BY name) AS edition FROM meta WHERE name IN ('epoch', 'unnumbered')`,
);

/** The edition of what a transaction reads; see `tidings_open`. */
export async function editionOf(session: Session): Promise<string | undefined> {
  return (await session.first(editions()))?.edition;
}
