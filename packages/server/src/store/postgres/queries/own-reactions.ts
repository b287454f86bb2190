import { unnamedMarks } from "@tidings/core/domain";
import type { AnyRecord, OwnReactions } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Session } from "../session.ts";
import { array, prepare } from "../statement.ts";

/** Message id to emoji, and options of a poll: those of which a record does not show whether the reader is among them. */
export type Hidden = ReadonlyMap<string, readonly string[]>;

/** A record shows few names. */
export function hiddenIn(readerId: string, records: readonly AnyRecord[]): Hidden {
  const hidden = new Map<string, readonly string[]>();
  for (const record of records) {
    if (record.type !== "message") continue;
    const marks = unnamedMarks(record, readerId);
    if (marks.length > 0) hidden.set(record.id, marks);
  }
  return hidden;
}

const reactionsOf = prepare(
  "reactions of one",
  sql<{ message_id: string; emoji: string }>`
    SELECT message_id, emoji FROM reactions WHERE user_id = ${""} AND message_id = ANY(${array("text", [])})`,
);

/** The reader's reactions among `hidden`. */
export async function ownReactions(
  session: Session,
  readerId: string,
  hidden: Hidden,
): Promise<OwnReactions> {
  if (hidden.size === 0) return {};
  const rows = await session.all(reactionsOf(readerId, [...hidden.keys()]));
  const found = new Set(rows.map((row) => `${row.message_id} ${row.emoji}`));
  const own: Record<string, readonly string[]> = {};
  for (const [id, emojis] of hidden) {
    const mine = emojis.filter((emoji) => found.has(`${id} ${emoji}`));
    if (mine.length > 0) own[id] = mine;
  }
  return own;
}
