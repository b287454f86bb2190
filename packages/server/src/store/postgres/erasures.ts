import { sql } from "kysely";
import type { Pool } from "pg";
import { ERASURES_AT_ONCE, type Erasures, hashOf } from "../erasures.ts";
import { Gathering } from "./gathering.ts";
import { run } from "./session.ts";
import { array, prepare } from "./statement.ts";

/**
 * See `Erasures`. Who comes back at one moment is looked for together.
 *
 * @param readers - connections of whoever is waited for.
 */
export function erasureTable(readers: Pool, upkeep: Pool): Erasures {
  const lookups = new Gathering<string, number | undefined>(async (whose) => {
    const found = new Map((await run(readers, find(whose))).map(({ who, at }) => [who, at]));
    return whose.map((who) => found.get(who));
  });
  return {
    async remember(userId, at) {
      await run(
        upkeep,
        sql`INSERT INTO erasures (who, at) VALUES (${hashOf(userId)}, ${at}::bigint)
          ON CONFLICT (who) DO UPDATE SET at = greatest(erasures.at, excluded.at)`,
      );
    },
    of: (userId) => lookups.ask(hashOf(userId)),
    async forget(before) {
      const gone = await run(
        upkeep,
        sql`DELETE FROM erasures WHERE who IN (
          SELECT who FROM erasures WHERE at < ${before}::bigint ORDER BY at LIMIT ${ERASURES_AT_ONCE}) RETURNING at`,
      );
      return gone.length;
    },
  };
}

const find = prepare(
  "find erasures",
  sql<{
    readonly who: string;
    readonly at: number;
  }>`SELECT who, at FROM erasures WHERE who = ANY(${array("text", [])})`,
);
