import { ERASURES_AT_ONCE, type Erasures, hashOf } from "../erasures.ts";
import type { Connection } from "./database.ts";

/** See `Erasures`. Its table is its own, so nothing that is remembered of others becomes void. */
export function createErasures({ prepare }: Connection): Erasures {
  const put = prepare(
    "INSERT INTO erasures (who, at) VALUES (?, ?) ON CONFLICT (who) DO UPDATE SET at = max(at, excluded.at)",
  );
  const find = prepare<{ at: number }>("SELECT at FROM erasures WHERE who = ?");
  const forget = prepare<{ at: number }>(
    `DELETE FROM erasures WHERE who IN (SELECT who FROM erasures WHERE at < ? ORDER BY at LIMIT ${ERASURES_AT_ONCE})
     RETURNING at`,
  );
  return {
    async remember(userId, at) {
      put.run(hashOf(userId), at);
    },
    of: async (userId) => find.get(hashOf(userId))?.at,
    forget: async (before) => forget.all(before).length,
  };
}
