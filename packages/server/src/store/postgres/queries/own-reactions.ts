import type { AnyRecord, OwnReactions } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Session } from "../session.ts";
import { array } from "../statement.ts";
import { build } from "../tables.ts";

/** The reader's reactions among `records` that the few names on a record do not show. */
export async function ownReactions(
  session: Session,
  readerId: string,
  records: readonly AnyRecord[],
): Promise<OwnReactions> {
  const hidden = new Map<string, readonly string[]>();
  for (const record of records) {
    if (record.type !== "message") continue;
    const emojis = record.reactions
      .filter(({ count, userIds }) => count > userIds.length && !userIds.includes(readerId))
      .map(({ emoji }) => emoji);
    if (emojis.length > 0) hidden.set(record.id, emojis);
  }
  if (hidden.size === 0) return {};
  const rows = await session.all(
    build
      .selectFrom("reactions")
      .select(["message_id", "emoji"])
      .where("user_id", "=", readerId)
      .where("message_id", "=", sql<string>`ANY(${array("text", [...hidden.keys()])})`),
  );
  const found = new Set(rows.map((row) => `${row.message_id} ${row.emoji}`));
  const own: Record<string, readonly string[]> = {};
  for (const [id, emojis] of hidden) {
    const mine = emojis.filter((emoji) => found.has(`${id} ${emoji}`));
    if (mine.length > 0) own[id] = mine;
  }
  return own;
}
