import type { AnyRecord, OwnReactions } from "@tidings/core/protocol";
import type { Rows } from "../../rows.ts";

/** The reader's reactions among `records` that the few names on a record do not show. */
export function ownReactions(tables: Rows, readerId: string, records: readonly AnyRecord[]): OwnReactions {
  const own: Record<string, readonly string[]> = {};
  for (const record of records) {
    if (record.type !== "message") continue;
    const emojis = record.reactions
      .filter(({ count, userIds }) => count > userIds.length && !userIds.includes(readerId))
      .map(({ emoji }) => emoji)
      .filter((emoji) => tables.hasReacted(record.id, readerId, emoji));
    if (emojis.length > 0) own[record.id] = emojis;
  }
  return own;
}
