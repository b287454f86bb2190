import { sql } from "kysely";
import type { Pool } from "pg";
import {
  type BeyondRow,
  beyondStatement,
  type Figures,
  figuresFrom,
  type FiguresQuery,
  type FiguresRow,
  figuresStatement,
  MOST_MEASURED,
} from "../figures.ts";
import { read } from "./session.ts";
import type { Prepared } from "./statement.ts";

const value = (place: number): string => `$${place}::bigint`;
const texts = { days: figuresStatement(value, true), total: figuresStatement(value, false) };
const beyond = beyondStatement(value);

/** See `FiguresOf`. @param pool - of a copy, if there is one: what is a little behind is right enough. */
export function figures(
  pool: Pool,
  { conversationId, since, until, offsetMs }: FiguresQuery,
): Promise<Figures | undefined> {
  return read(pool, "BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ", async (session) => {
    const found = await session.first(sql<{ readonly key: number; readonly from: number }>`
      SELECT c.key, tidings_seq_since(c.key, ${since}::bigint, coalesce(
        (SELECT min(seq) FROM messages WHERE conversation = c.key), c.seq), c.seq) - 1 AS "from"
      FROM conversations c WHERE c.id = ${conversationId}`);
    if (!found) return undefined;
    const { key, from } = found;
    const last = Number(from) + MOST_MEASURED.database;
    const values = [key, from, last, since, until, offsetMs];
    const rows = (part: "days" | "total"): Promise<readonly FiguresRow[]> => {
      const statement: Prepared<FiguresRow> = { name: `figures ${part}`, text: texts[part], values };
      return session.all(statement);
    };
    const next: Prepared<BeyondRow> = { name: "figures beyond", text: beyond, values: [key, last] };
    const [days, total, [after]] = await Promise.all([rows("days"), rows("total"), session.all(next)]);
    return figuresFrom(days, total, after, { until });
  });
}
